package io.fluxgres.testkit.transcript;

import java.util.ArrayList;
import java.util.List;

/**
 * A column of a RowDescription: {@code "name":type}, with the type's modifier in brackets unless it is -1, and with
 * {@code :binary} unless the column is in text.
 */
final class ColumnText {

    private ColumnText() {}

    static void encode(Field column, BodyWriter out) {
        List<Value> parts = column.values();
        if (parts.size() < 2 || parts.size() > 3) {
            throw new TranscriptException("%s is no column: \"name\":type or \"name\":type:format".formatted(column));
        }
        String type = parts.get(1).word();
        int bracket = type.indexOf('(');
        boolean modified = bracket > 0 && type.endsWith(")");
        int oid = TypeNames.oid(modified ? type.substring(0, bracket) : type);
        out.string(parts.get(0).bytes())
                .int32(0)
                .int16(0)
                .int32(oid)
                .int16(TypeNames.length(oid))
                .int32(modified ? Fields.number(type.substring(bracket + 1, type.length() - 1)) : -1)
                .int16(parts.size() == 3 ? Layout.formatCode(parts.get(2).word()) : 0);
    }

    static Field decode(BodyReader in) {
        List<Value> parts = new ArrayList<>();
        parts.add(Value.bytes(in.string()));
        in.int32();
        in.int16();
        String type = TypeNames.word(in.int32());
        in.int16();
        int modifier = in.int32();
        parts.add(Value.word(modifier == -1 ? type : "%s(%d)".formatted(type, modifier)));
        int format = in.int16();
        if (format != 0) {
            parts.add(Layout.formatWord(format));
        }
        return new Field(null, parts);
    }
}
