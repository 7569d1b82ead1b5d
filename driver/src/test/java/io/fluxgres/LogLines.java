package io.fluxgres;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** What a logger is told while this is open, at a level that it has for so long. */
public final class LogLines extends AppenderBase<ILoggingEvent> implements AutoCloseable {

    private final Logger logger;
    private final Level before;
    private final boolean additive;
    private final List<String> lines = new CopyOnWriteArrayList<>();

    private LogLines(Logger logger, Level level) {
        this.logger = logger;
        this.before = logger.getLevel();
        this.additive = logger.isAdditive();
        start();
        logger.addAppender(this);
        logger.setAdditive(false);
        logger.setLevel(level);
    }

    public static LogLines of(String logger, Level level) {
        return new LogLines((Logger) LoggerFactory.getLogger(logger), level);
    }

    public List<String> lines() {
        return lines;
    }

    @Override
    protected void append(ILoggingEvent event) {
        lines.add(event.getFormattedMessage());
    }

    @Override
    public void close() {
        logger.setLevel(before);
        logger.setAdditive(additive);
        logger.detachAppender(this);
    }
}
