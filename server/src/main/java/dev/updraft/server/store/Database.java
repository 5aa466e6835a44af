package dev.updraft.server.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * SQLite in a file, or PostgreSQL. All writes go through one thread that commits whatever has gathered since the last
 * commit as one transaction: a thousand reports waiting together cost one disk flush. A write that fails is taken back
 * alone; the others of its group stand.
 */
public final class Database implements AutoCloseable {
    /** More would only make the first of a group wait longer for its answer. */
    private static final int LARGEST_GROUP = 512;

    /** Writes that may wait; past this the server is overloaded and says so at once. */
    private static final int LONGEST_QUEUE = 20_000;

    private final Dialect dialect;
    private final HikariDataSource readers;
    private final HikariDataSource writer;
    private final Jdbi reading;
    private final Jdbi writing;
    private final BlockingQueue<Write<?>> waiting = new LinkedBlockingQueue<>(LONGEST_QUEUE);
    private final Changes changes;
    private final @Nullable SingleProcess single;
    private final Thread writerThread;
    private volatile boolean closing;

    private Database(Dialect dialect, String url) {
        this.dialect = dialect;
        this.single = dialect == Dialect.SQLITE ? SingleProcess.on(url) : null;
        Schema.migrate(url, dialect);
        this.writer = pool(dialect, url, "writer", 1);
        this.readers = pool(dialect, url, "readers", dialect == Dialect.SQLITE ? 4 : 8);
        this.reading = Jdbi.create(readers);
        this.writing = Jdbi.create(writer);
        this.changes = dialect == Dialect.SQLITE ? new Alone(reading) : new Shared(reading, url);
        this.writerThread =
                Thread.ofPlatform().name("updraft-writer").daemon(true).start(this::writeGroups);
    }

    /** Opens {@code url}, or SQLite in {@code directory} when there is none, and brings the schema up to date. */
    public static Database open(@Nullable String url, Path directory) {
        if (url == null) {
            return new Database(Dialect.SQLITE, "jdbc:sqlite:" + directory.resolve("updraft.db"));
        }
        return new Database(Dialect.of(url), url);
    }

    private static HikariDataSource pool(Dialect dialect, String url, String name, int size) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("updraft-" + name);
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(5_000);
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
     * Runs {@code change} in the next group and returns when that group is on disk.
     *
     * @throws Overloaded if too many writes are waiting already
     */
    public <T> T write(Function<Handle, T> change) {
        Write<T> write = new Write<>(change, new CompletableFuture<>());
        if (closing || !waiting.offer(write)) {
            throw new Overloaded();
        }
        try {
            return write.done.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new CompletionException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CompletionException(e);
        }
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
        return waiting.size();
    }

    private void writeGroups() {
        List<Write<?>> group = new ArrayList<>();
        while (true) {
            try {
                group.add(waiting.take());
            } catch (InterruptedException e) {
                if (waiting.isEmpty()) {
                    return;
                }
                continue;
            }
            waiting.drainTo(group, LARGEST_GROUP - 1);
            commit(group);
            group.clear();
            if (closing && waiting.isEmpty()) {
                return;
            }
        }
    }

    private void commit(List<Write<?>> group) {
        List<Runnable> answers = new ArrayList<>(group.size());
        try {
            writing.useTransaction(handle -> {
                for (Write<?> write : group) {
                    answers.add(write.run(handle, changes));
                }
                changes.write(handle);
            });
            changes.committed();
        } catch (RuntimeException | Error failure) {
            changes.doubt();
            group.forEach(write -> write.done.completeExceptionally(failure));
            return;
        }
        answers.forEach(Runnable::run);
    }

    /** Writes what is waiting, then closes every connection. */
    @Override
    public void close() {
        closing = true;
        writerThread.interrupt();
        try {
            writerThread.join(10_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        changes.close();
        readers.close();
        writer.close();
        if (single != null) {
            single.close();
        }
    }

    /** The store cannot keep up; the caller is asked to come back later. */
    public static final class Overloaded extends RuntimeException {
        private static final long serialVersionUID = 1;

        Overloaded() {
            super("The server is overloaded; try again in a few seconds.");
        }
    }

    private record Write<T>(Function<Handle, T> change, CompletableFuture<T> done) {
        /** Runs the change behind a savepoint; what it returns gives the caller its answer once the group is on disk. */
        Runnable run(Handle handle, Changes changes) {
            int mark = changes.mark();
            handle.savepoint("one");
            try {
                T result = change.apply(handle);
                handle.releaseSavepoint("one");
                return () -> done.complete(result);
            } catch (RuntimeException | Error failure) {
                handle.rollbackToSavepoint("one");
                changes.backTo(mark);
                return () -> done.completeExceptionally(failure);
            }
        }
    }
}
