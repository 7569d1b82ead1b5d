package io.fluxgres.internal.session;

import io.fluxgres.PgErrorFields;
import io.fluxgres.PgNotice;
import io.fluxgres.internal.protocol.ErrorFields;
import io.fluxgres.internal.statement.Failures;
import java.util.Arrays;
import java.util.List;

/**
 * The first notices of a result, as many as may be kept; the rest are counted.
 *
 * <p>Added to on the event loop, each in constant time; read by any thread. An element is written before the size that
 * reaches it, so a reader that takes the size first sees what it counts.
 */
@SuppressWarnings("NonAtomicVolatileUpdate") // only one thread adds
public final class KeptNotices {

    static final int MAXIMUM_COUNT = 1000;
    /** Of the fields of all of them together. */
    static final int MAXIMUM_CHARACTERS = 256 * 1024;

    private volatile PgNotice[] kept = new PgNotice[4];
    private volatile int size;
    private volatile long received;
    private int characters;

    public void add(ErrorFields notice) {
        // what will not be kept is not even copied
        if (hasRoom()) {
            add(new PgNotice(Failures.publicFields(notice)));
        } else {
            received = received + 1;
        }
    }

    /** Adds those that came in front of the statement's end without being its own. */
    public void addAll(KeptNotices further) {
        long counted = received + further.received;
        further.list().forEach(this::add);
        received = counted;
    }

    private void add(PgNotice notice) {
        if (hasRoom()) {
            characters += length(notice.fields());
        }
        if (hasRoom()) {
            int index = size;
            if (index == kept.length) {
                kept = Arrays.copyOf(kept, index * 2);
            }
            kept[index] = notice;
            size = index + 1;
        }
        received = received + 1;
    }

    private boolean hasRoom() {
        return size < MAXIMUM_COUNT && characters <= MAXIMUM_CHARACTERS;
    }

    private static int length(PgErrorFields fields) {
        int length = 0;
        for (String field : fields.asMap().values()) {
            length += field.length();
        }
        return length;
    }

    /** Returns those that are kept. */
    public List<PgNotice> list() {
        int count = size;
        return List.of(Arrays.copyOf(kept, count));
    }

    /** Returns how many there were. */
    public long received() {
        return received;
    }
}
