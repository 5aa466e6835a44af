package dev.updraft.server.store;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;

/** The migrations under resources, one list for both databases. */
final class Schema {
    /** Held here because java.util.logging forgets the level of a logger that nobody holds. */
    private static final Logger TALKATIVE = Logger.getLogger("org.flywaydb");

    /** Version of the last migration; a test holds it to what is there. */
    static final String NEWEST = "50";

    private Schema() {}

    /** Through connections of its own: it needs more than one at a time, and the writer has just one. */
    static void migrate(String url, Dialect dialect) {
        // Flyway takes a third of a start only to find that there is nothing to do.
        String there = version(url);
        if (there != null && isNewer(there)) {
            throw new IllegalArgumentException("The database was made by a newer Updraft: its schema is " + there
                    + ", and this one knows " + NEWEST + "; start the newer one, or restore a backup of before.");
        }
        if (!NEWEST.equals(there)) {
            migrate(url, dialect, null);
        }
    }

    private static boolean isNewer(String version) {
        return version.matches("\\d{1,9}") && Integer.parseInt(version) > Integer.parseInt(NEWEST);
    }

    /** What the database was brought to last; null if that did not end well, or nothing is there. */
    static @Nullable String version(String url) {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            try (ResultSet last = statement.executeQuery(
                    "SELECT version, success FROM schema_history ORDER BY installed_rank DESC LIMIT 1")) {
                return last.next() && last.getBoolean("success") ? last.getString("version") : null;
            }
        } catch (SQLException e) {
            // No such table, or something that Flyway says better.
            return null;
        }
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
