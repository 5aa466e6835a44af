package dev.updraft.server.store;

import java.util.logging.Level;
import java.util.logging.Logger;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;

/** The migrations under resources, one list for both databases. */
final class Schema {
    /** Held here because java.util.logging forgets the level of a logger that nobody holds. */
    private static final Logger TALKATIVE = Logger.getLogger("org.flywaydb");

    private Schema() {}

    /** Through connections of its own: it needs more than one at a time, and the writer has just one. */
    static void migrate(String url, Dialect dialect) {
        migrate(url, dialect, null);
    }

    /** @param version to stop at; null = the newest */
    static void migrate(String url, Dialect dialect, @Nullable String version) {
        TALKATIVE.setLevel(Level.WARNING);
        Flyway.configure(Schema.class.getClassLoader())
                .dataSource(url, null, null)
                .locations(dialect.migrations().toArray(String[]::new))
                .placeholders(dialect.columnTypes())
                .table("schema_history")
                .target(version == null ? "latest" : version)
                .load()
                .migrate();
    }
}
