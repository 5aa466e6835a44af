package dev.updraft.server.store;

import org.flywaydb.core.Flyway;

/** The migrations under resources, one list for both databases. */
final class Schema {
    private Schema() {}

    /** Through connections of its own: it needs more than one at a time, and the writer has just one. */
    static void migrate(String url, Dialect dialect) {
        Flyway.configure(Schema.class.getClassLoader())
                .dataSource(url, null, null)
                .locations(dialect.migrations().toArray(String[]::new))
                .placeholders(dialect.columnTypes())
                .table("schema_history")
                .load()
                .migrate();
    }
}
