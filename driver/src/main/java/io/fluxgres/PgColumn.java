package io.fluxgres;

import io.fluxgres.codec.PgType;

/**
 * A column of a result.
 *
 * @param name the name or alias; need not be unique in the result
 * @param type the data type
 * @param typeModifier the type modifier, such as the length of a varchar plus 4; -1 for none
 * @param tableOid the OID of the table that the column comes from, 0 if it comes from none
 * @param attributeNumber the number of the column in its table, 0 if it comes from none
 */
public record PgColumn(String name, PgType type, int typeModifier, int tableOid, int attributeNumber) {}
