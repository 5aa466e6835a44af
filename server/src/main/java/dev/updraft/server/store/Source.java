package dev.updraft.server.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A database as backups see it: by a connection of their own, beside whatever servers have it open.
 *
 * @param url JDBC
 */
public record Source(String url, Dialect dialect) {
    /**
     * @param url null = SQLite in {@code directory}
     * @throws IllegalArgumentException if {@code url} is of neither
     */
    public static Source of(@Nullable String url, Path directory) {
        return url == null
                ? new Source("jdbc:sqlite:" + directory.resolve("updraft.db"), Dialect.SQLITE)
                : new Source(url, Dialect.of(url));
    }

    public Connection connect() throws SQLException {
        return DriverManager.getConnection(url);
    }

    /** Brings the schema to {@code version}, or to the newest if it is null. */
    public void migrate(@Nullable String version) {
        Schema.migrate(url, dialect, version);
    }
}
