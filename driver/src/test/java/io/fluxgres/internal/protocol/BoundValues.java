package io.fluxgres.internal.protocol;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Parameters made of declared types, format codes and functions that write. */
public final class BoundValues implements Parameters {

    private record Value(
            int typeOid, int formatCode, @Nullable Consumer<ByteBuf> write) {}

    private final List<Value> values = new ArrayList<>();

    BoundValues text(int typeOid, @Nullable String characters) {
        return add(
                typeOid,
                0,
                characters == null ? null : out -> out.writeCharSequence(characters, StandardCharsets.UTF_8));
    }

    BoundValues int4(int value) {
        return add(23, 1, out -> out.writeInt(value));
    }

    BoundValues add(int typeOid, int formatCode, @Nullable Consumer<ByteBuf> write) {
        values.add(new Value(typeOid, formatCode, write));
        return this;
    }

    /** So many NULLs of no declared type. */
    static BoundValues nulls(int count) {
        BoundValues nulls = new BoundValues();
        for (int i = 0; i < count; i++) {
            nulls.add(0, 0, null);
        }
        return nulls;
    }

    @Override
    public int count() {
        return values.size();
    }

    @Override
    public int typeOid(int index) {
        return values.get(index).typeOid();
    }

    @Override
    public int formatCode(int index) {
        return values.get(index).formatCode();
    }

    @Override
    public boolean isNull(int index) {
        return values.get(index).write() == null;
    }

    @Override
    public void write(int index, ByteBuf out) {
        Consumer<ByteBuf> write = values.get(index).write();
        if (write == null) {
            throw new IllegalStateException("NULL is not written");
        }
        write.accept(out);
    }
}
