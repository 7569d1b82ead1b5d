package io.fluxgres;

import static io.fluxgres.Connections.texts;

import java.util.List;

/** A connection, and a look at the statements that it keeps prepared. */
abstract class PreparedStatementFixture extends ConnectionFixture {

    /** Looks by a simple query, which itself leaves nothing prepared. */
    List<String> prepared() {
        return texts(connection.query("; select statement from pg_prepared_statements order by prepare_time, name"));
    }
}
