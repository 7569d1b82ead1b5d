package io.fluxgres.internal.protocol;

/** The types of a prepared statement's parameters, as the server resolved them. Immutable, may be kept. */
public final class ParameterDescription {

    private final int[] typeOids;

    private ParameterDescription(int[] typeOids) {
        this.typeOids = typeOids;
    }

    /** Reads the body of ParameterDescription. */
    static ParameterDescription read(BackendReader in) {
        int count = in.readUnsignedShort();
        if (count * 4L != in.remaining()) {
            throw in.violation(count + " parameters in " + in.remaining() + " bytes");
        }
        int[] typeOids = new int[count];
        for (int i = 0; i < count; i++) {
            typeOids[i] = in.readInt();
        }
        return new ParameterDescription(typeOids);
    }

    /** Returns the number of parameters. */
    public int size() {
        return typeOids.length;
    }

    /** Returns the OID of a parameter's type, unsigned. */
    public int typeOid(int index) {
        return typeOids[index];
    }
}
