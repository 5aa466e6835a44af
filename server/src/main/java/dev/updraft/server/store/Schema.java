package dev.updraft.server.store;

import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/** The migrations under resources, one list for both databases. */
final class Schema {
    private Schema() {}

    static void migrate(DataSource source, Dialect dialect) {
        Flyway.configure(Schema.class.getClassLoader())
                .dataSource(source)
                .locations("classpath:dev/updraft/server/store")
                .placeholders(dialect.columnTypes())
                .table("schema_history")
                .load()
                .migrate();
    }
}
