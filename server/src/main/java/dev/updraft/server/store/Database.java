package dev.updraft.server.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * SQLite in a file, or PostgreSQL. Reads go through a pool of connections, writes through one thread that commits in groups
 * ({@link GroupWriter}). A write that fails is taken back alone; the others of its group stand.
 */
public final class Database implements AutoCloseable {
    /** Longer than it takes to find a database gone or back; shorter than a device waits. */
    private static final int LONGEST_WAIT_MILLIS = 2_000;

    private final Dialect dialect;
    private final HikariDataSource readers;
    private final Jdbi reading;
    private final Changes changes;
    private final @Nullable SingleProcess single;
    private final GroupWriter writer;

    private Database(Dialect dialect, String url) {
        this.dialect = dialect;
        this.single = dialect == Dialect.SQLITE ? SingleProcess.on(url) : null;
        Schema.migrate(url, dialect);
        this.readers = readers(dialect, url);
        this.reading = Jdbi.create(readers);
        this.changes = dialect == Dialect.SQLITE ? new LocalChangeFeed(reading) : new PostgresChangeFeed(reading, url);
        Properties properties = new Properties();
        dialect.connectionProperties().forEach(properties::setProperty);
        this.writer = new GroupWriter(Jdbi.create(url, properties), changes);
    }

    /** Opens {@code url}, or SQLite in {@code directory} when there is none, and brings the schema up to date. */
    public static Database open(@Nullable String url, Path directory) {
        if (url == null) {
            return new Database(Dialect.SQLITE, "jdbc:sqlite:" + directory.resolve("updraft.db"));
        }
        return new Database(Dialect.of(url), url);
    }

    private static HikariDataSource readers(Dialect dialect, String url) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("updraft-readers");
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(dialect == Dialect.SQLITE ? 4 : 8);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(LONGEST_WAIT_MILLIS);
        dialect.connectionProperties().forEach(config::addDataSourceProperty);
        return new HikariDataSource(config);
    }

    public Dialect dialect() {
        return dialect;
    }

    /** What the other server processes on this database must know. */
    public Changes changes() {
        return changes;
    }

    /** Runs {@code query} on a pooled connection that sees every committed write. */
    public <T> T read(Function<Handle, T> query) {
        return reading.withHandle(query::apply);
    }

    /**
     * Runs {@code change} in the next group and returns when that group is on disk. It may be run twice, the first time taken back:
     * it must change nothing but the database.
     *
     * @throws Overloaded if too many writes are waiting already
     */
    public <T> T write(Function<Handle, T> change) {
        return writer.write(change);
    }

    /** {@link #write} for a change that has nothing to return. */
    public void change(Consumer<Handle> change) {
        write(handle -> {
            change.accept(handle);
            return true;
        });
    }

    /** Writes that wait for the next group. */
    public int backlog() {
        return writer.backlog();
    }

    /** Writes what is waiting, then closes every connection. */
    @Override
    public void close() {
        writer.close();
        changes.close();
        readers.close();
        if (single != null) {
            single.close();
        }
    }

    /** True if {@code failure} says nothing about what was asked: the database is gone, stopping, or its disk is full. */
    public static boolean isOutage(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && Dialect.isOutage(sql)) {
                return true;
            }
        }
        return false;
    }

    /** The store cannot keep up; the caller is asked to come back later. */
    public static final class Overloaded extends RuntimeException {
        private static final long serialVersionUID = 1;

        Overloaded() {
            // No stack trace: it is thrown by the thousand, and just then.
            super("The server is overloaded; try again in a few seconds.", null, false, false);
        }
    }
}
