package io.fluxgres.internal.protocol;

import io.netty.buffer.ByteBuf;

/** The bound values of a statement, as Parse and Bind need them. */
public interface Parameters {

    /** No parameters at all. */
    Parameters NONE = new Parameters() {
        @Override
        public int count() {
            return 0;
        }

        @Override
        public int typeOid(int index) {
            throw new IndexOutOfBoundsException(index);
        }

        @Override
        public int formatCode(int index) {
            throw new IndexOutOfBoundsException(index);
        }

        @Override
        public boolean isNull(int index) {
            throw new IndexOutOfBoundsException(index);
        }

        @Override
        public void write(int index, ByteBuf out) {
            throw new IndexOutOfBoundsException(index);
        }
    };

    /** Returns the number of parameters. */
    int count();

    /** Returns the declared type of a parameter, 0 if the server shall infer it. */
    int typeOid(int index);

    /** Returns the format code of a parameter. */
    int formatCode(int index);

    /** Whether a parameter is NULL; {@link #write} is not called for it then. */
    boolean isNull(int index);

    /** Appends the value of a parameter, without its length, to {@code out}. */
    void write(int index, ByteBuf out);
}
