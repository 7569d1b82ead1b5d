package io.fluxgres.internal.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Appends messages of the client to one outbound buffer.
 *
 * <p>Nothing wrong leaves: lengths are computed in {@code long} and patched in when a message is complete, strings with
 * NUL or unpaired surrogates, more than 65535 parameters and messages of 1 GiB or more are an {@link InvalidRequest}. The
 * caller {@linkplain #rewind takes back} a request that fails half-way as a whole (CVE-2024-27304, CVE-2024-32655: a
 * length that wraps lets the tail of a value be read as messages).
 *
 * <p>Confined to the connection's event loop. The buffer belongs to the caller of {@link #take} from then on.
 */
public final class FrontendWriter {

    /** The number of parameters is an unsigned Int16. */
    public static final int MAXIMUM_PARAMETERS = 65535;

    /** The greatest length word that PostgreSQL accepts: 1 GiB less two bytes. */
    static final int MAXIMUM_LENGTH = (1 << 30) - 2;

    private static final int INITIAL_CAPACITY = 1024;
    private static final int MAXIMUM_CAPACITY = 256 * 1024;

    private final ByteBufAllocator allocator;
    private final Ledger ledger;
    private @Nullable ByteBuf out;
    private int start;
    /** That of the next buffer: what the ones before needed, so that it need not grow. */
    private int capacity = INITIAL_CAPACITY;

    public FrontendWriter(ByteBufAllocator allocator, Ledger ledger) {
        this.allocator = allocator;
        this.ledger = ledger;
    }

    /** Returns how many ReadyForQuery the server owes for all that was written. */
    public long owed() {
        return ledger.owed();
    }

    /**
     * Takes back all that was written since a place, what the ledger noted included.
     *
     * @param size what {@link #size()} was there
     * @param owed what {@link #owed()} was there
     */
    public void rewind(int size, long owed) {
        ledger.rewind(owed);
        if (out != null) {
            out.writerIndex(size);
        }
    }

    /** Returns the bytes written and not yet taken. */
    public int size() {
        return out == null ? 0 : out.writerIndex();
    }

    /** Hands over what was written: null if no message was begun, empty if all were taken back. */
    public @Nullable ByteBuf take() {
        ByteBuf taken = out;
        if (taken != null) {
            int needed = Math.min(taken.writerIndex(), MAXIMUM_CAPACITY);
            capacity = Math.max(INITIAL_CAPACITY, Math.max(needed, capacity / 2));
            out = null;
        }
        return taken;
    }

    /** StartupMessage; owes the first ReadyForQuery. */
    public void startup(int protocolVersion, Map<String, String> parameters) {
        beginUntyped();
        buffer().writeInt(protocolVersion);
        parameters.forEach((name, value) -> {
            // the list of parameters ends at the first empty name
            if (name.isEmpty()) {
                throw new InvalidRequest("a startup parameter has no name");
            }
            cString(name, "a startup parameter's name");
            cString(value, "a startup parameter");
        });
        buffer().writeByte(0);
        end(start);
        ledger.sent();
    }

    /** CancelRequest, which goes on a connection of its own. */
    public void cancelRequest(BackendKeyData key) {
        beginUntyped();
        buffer().writeInt(FrontendMessage.CANCEL_REQUEST_CODE);
        buffer().writeInt(key.processId());
        buffer().writeBytes(key.secretKey());
        end(start);
    }

    /** PasswordMessage: a cleartext password or an MD5 response, without its terminator. */
    public void password(byte[] password) {
        for (byte b : password) {
            if (b == 0) {
                throw new InvalidRequest("the password contains a NUL character");
            }
        }
        begin(FrontendMessage.PASSWORD_MESSAGE);
        buffer().writeBytes(password).writeByte(0);
        end(start + 1);
    }

    /** SASLInitialResponse. */
    public void saslInitialResponse(String mechanism, byte[] response) {
        begin(FrontendMessage.PASSWORD_MESSAGE);
        cString(mechanism, "the SASL mechanism");
        buffer().writeInt(response.length).writeBytes(response);
        end(start + 1);
    }

    /** SASLResponse. */
    public void saslResponse(byte[] response) {
        begin(FrontendMessage.PASSWORD_MESSAGE);
        buffer().writeBytes(response);
        end(start + 1);
    }

    /** Query: one simple query cycle; owes one ReadyForQuery. */
    public void query(String sql) {
        begin(FrontendMessage.QUERY);
        cString(sql, "the SQL");
        end(start + 1);
        ledger.sent();
    }

    /** Parse, with the declared types of the parameters. */
    public void parse(Name statement, String sql, Parameters parameters) {
        begin(FrontendMessage.PARSE);
        statement.write(buffer());
        cString(sql, "the SQL");
        int count = requireCount(parameters);
        buffer().writeShort(count);
        for (int i = 0; i < count; i++) {
            buffer().writeInt(parameters.typeOid(i));
        }
        end(start + 1);
    }

    /**
     * Bind, with one format code for all result columns.
     *
     * @param resultFormat the format code of every column; 0 is written as the empty list, which means text
     */
    public void bind(Name portal, Name statement, Parameters parameters, int resultFormat) {
        begin(FrontendMessage.BIND);
        ByteBuf buffer = buffer();
        portal.write(buffer);
        statement.write(buffer);
        int count = requireCount(parameters);
        formatCodes(buffer, parameters, count);
        buffer.writeShort(count);
        for (int i = 0; i < count; i++) {
            value(buffer, parameters, i);
        }
        formatCode(buffer, resultFormat);
        end(start + 1);
    }

    private int requireCount(Parameters parameters) {
        int count = parameters.count();
        if (count > MAXIMUM_PARAMETERS) {
            throw new InvalidRequest(
                    "a statement has " + count + " parameters; the protocol carries at most " + MAXIMUM_PARAMETERS);
        }
        return count;
    }

    private static void formatCodes(ByteBuf buffer, Parameters parameters, int count) {
        int first = count == 0 ? 0 : parameters.formatCode(0);
        for (int i = 1; i < count; i++) {
            if (parameters.formatCode(i) != first) {
                buffer.writeShort(count);
                for (int j = 0; j < count; j++) {
                    buffer.writeShort(parameters.formatCode(j));
                }
                return;
            }
        }
        formatCode(buffer, first);
    }

    /** Writes one code for all, and none where all are text. */
    private static void formatCode(ByteBuf buffer, int all) {
        if (all == 0) {
            buffer.writeShort(0);
        } else {
            buffer.writeInt(1 << Short.SIZE | all);
        }
    }

    private void value(ByteBuf buffer, Parameters parameters, int index) {
        if (parameters.isNull(index)) {
            buffer.writeInt(-1);
            return;
        }
        int lengthIndex = buffer.writerIndex();
        buffer.writeInt(0);
        parameters.write(index, buffer);
        requireBelowMaximum(buffer.writerIndex() - (long) start);
        int length = buffer.writerIndex() - lengthIndex - 4;
        // a negative length would turn the value into NULL or break the framing
        if (length < 0) {
            throw new InvalidRequest(
                    "the encoder of parameter $" + (index + 1) + " took back bytes that are not its own");
        }
        buffer.setInt(lengthIndex, length);
    }

    /** Describe of a prepared statement: answered by ParameterDescription and RowDescription or NoData. */
    public void describeStatement(Name statement) {
        named(FrontendMessage.DESCRIBE, 'S', statement);
    }

    /** Describe of a portal: answered by RowDescription or NoData. */
    public void describePortal(Name portal) {
        named(FrontendMessage.DESCRIBE, 'P', portal);
    }

    /** Close of a prepared statement. */
    public void closeStatement(Name statement) {
        named(FrontendMessage.CLOSE, 'S', statement);
    }

    /** Close of a portal. */
    public void closePortal(Name portal) {
        named(FrontendMessage.CLOSE, 'P', portal);
    }

    private void named(byte type, char kind, Name name) {
        ByteBuf buffer = buffer();
        buffer.writeByte(type).writeInt(5 + name.length()).writeByte(kind);
        name.write(buffer);
    }

    /** Execute; {@code maximumRows} 0 means all. */
    public void execute(Name portal, int maximumRows) {
        ByteBuf buffer = buffer();
        buffer.writeByte(FrontendMessage.EXECUTE).writeInt(8 + portal.length());
        portal.write(buffer);
        buffer.writeInt(maximumRows);
    }

    /** Sync; owes one ReadyForQuery. */
    public void sync() {
        empty(FrontendMessage.SYNC);
        ledger.sent();
    }

    /** Notes that the server, in COPY IN, swallowed the Sync that was already sent. */
    public void syncSwallowed() {
        ledger.swallowed();
    }

    /** Notes that the server left COPY IN before it could swallow the Sync. */
    public void syncNotSwallowed() {
        ledger.notSwallowed();
    }

    /** Flush. */
    public void flush() {
        empty(FrontendMessage.FLUSH);
    }

    /** Flush of a group that stays open; its ReadyForQuery is owed from now on, though {@link #syncOpenGroup} comes later. */
    public void flushOpenGroup() {
        flush();
        ledger.sent();
    }

    /** The Sync of a group whose ReadyForQuery is owed already. */
    void syncOpenGroup() {
        empty(FrontendMessage.SYNC);
    }

    /** CopyFail with the reason that the server repeats in its error. */
    public void copyFail(String reason) {
        begin(FrontendMessage.COPY_FAIL);
        cString(reason, "the reason of CopyFail");
        end(start + 1);
    }

    /** Terminate. */
    public void terminate() {
        empty(FrontendMessage.TERMINATE);
    }

    /** A message without contents. */
    private void empty(byte type) {
        buffer().writeByte(type).writeInt(4);
    }

    private void begin(byte type) {
        start = size();
        buffer().writeByte(type).writeInt(0);
    }

    private void beginUntyped() {
        start = size();
        buffer().writeInt(0);
    }

    private void end(int lengthIndex) {
        long length = buffer().writerIndex() - (long) lengthIndex;
        requireBelowMaximum(length);
        buffer().setInt(lengthIndex, (int) length);
    }

    private static void requireBelowMaximum(long length) {
        if (length > MAXIMUM_LENGTH) {
            throw new InvalidRequest(
                    "a request needs a message of more than " + MAXIMUM_LENGTH + " bytes, which the server refuses");
        }
    }

    private void cString(String string, String what) {
        long bytes = utf8Length(string, what);
        requireBelowMaximum(buffer().writerIndex() - (long) start + bytes + 1);
        // reserves what is needed; the worst case of three bytes a character overflows int for long strings
        ByteBufUtil.reserveAndWriteUtf8(buffer(), string, (int) bytes);
        buffer().writeByte(0);
    }

    private static long utf8Length(String string, String what) {
        int length = string.length();
        long bytes = length;
        for (int i = 0; i < length; i++) {
            char c = string.charAt(i);
            if (c == 0) {
                throw new InvalidRequest(what + " contains a NUL character");
            }
            if (c < 0x80) {
                continue;
            }
            bytes += c < 0x800 ? 1 : 2;
            if (Character.isSurrogate(c)) {
                if (Character.isLowSurrogate(c) || i + 1 == length || !Character.isLowSurrogate(string.charAt(i + 1))) {
                    throw new InvalidRequest(what + " contains an unpaired surrogate, which UTF-8 cannot carry");
                }
                // a pair is two characters and four bytes
                i++;
            }
        }
        return bytes;
    }

    private ByteBuf buffer() {
        ByteBuf buffer = out;
        if (buffer == null) {
            buffer = allocator.buffer(capacity);
            out = buffer;
        }
        return buffer;
    }
}
