package io.fluxgres;

/** The protocol by which a connection sends queries. */
public enum PgQueryMode {
    /** The extended query protocol: values travel apart from the SQL, and statements may be kept prepared. */
    EXTENDED,
    /** The simple query protocol: values become literals in the SQL. For servers and poolers that know no other. */
    SIMPLE,
    /** What the server knows: it is asked with one more round trip at connect whether it knows the extended protocol. */
    AUTO
}
