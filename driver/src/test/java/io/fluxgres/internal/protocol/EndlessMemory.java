package io.fluxgres.internal.protocol;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledHeapByteBuf;

/**
 * Makes buffers that can be written up to 2 GiB but keep only their first bytes, so that the greatest messages can be written
 * without the memory for them.
 */
final class EndlessMemory extends AbstractByteBufAllocator {

    private static final int KEPT = 1024;

    EndlessMemory() {
        super(false);
    }

    @Override
    protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
        return new EndlessBuffer(this);
    }

    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
        throw new IllegalStateException("prefers the heap");
    }

    @Override
    public boolean isDirectBufferPooled() {
        return false;
    }

    private static final class EndlessBuffer extends UnpooledHeapByteBuf {

        EndlessBuffer(ByteBufAllocator allocator) {
            super(allocator, KEPT, Integer.MAX_VALUE);
        }

        @Override
        public int capacity() {
            return Integer.MAX_VALUE;
        }

        @Override
        protected void _setByte(int index, int value) {
            if (index < KEPT) {
                super._setByte(index, value);
            }
        }

        @Override
        protected void _setShort(int index, int value) {
            if (index < KEPT - 1) {
                super._setShort(index, value);
            }
        }

        @Override
        protected void _setInt(int index, int value) {
            if (index < KEPT - 3) {
                super._setInt(index, value);
            }
        }

        @Override
        public ByteBuf setByte(int index, int value) {
            _setByte(index, value);
            return this;
        }

        @Override
        public ByteBuf setShort(int index, int value) {
            _setShort(index, value);
            return this;
        }

        @Override
        public ByteBuf setInt(int index, int value) {
            _setInt(index, value);
            return this;
        }
    }
}
