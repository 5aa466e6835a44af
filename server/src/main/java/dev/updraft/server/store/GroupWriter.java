package dev.updraft.server.store;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that writes. It commits whatever has gathered since its last commit as one transaction: a thousand reports waiting
 * together cost one disk flush.
 */
final class GroupWriter implements AutoCloseable {
    /** More would only make the first of a group wait longer for its answer. */
    private static final int LARGEST_GROUP = 512;

    /** Writes that may wait; past this the server is overloaded and says so at once. */
    private static final int LONGEST_QUEUE = 20_000;

    private final Jdbi jdbi;
    private final Changes changes;
    private final BlockingQueue<Write<?>> waiting = new LinkedBlockingQueue<>(LONGEST_QUEUE);
    private final Thread thread;
    private volatile boolean closing;

    /** The connection in use; null before the first write and after a failure. Of the writer thread only. */
    private @Nullable Handle handle;

    GroupWriter(Jdbi jdbi, Changes changes) {
        this.changes = changes;
        this.jdbi = jdbi.setStatementBuilderFactory(connection -> new KeptStatements());
        this.thread = Thread.ofPlatform().name("updraft-writer").daemon(true).start(this::run);
    }

    /** Returns what {@code change} returns once it is on disk. It may be run a second time, after the first was taken back. */
    <T> T write(Function<Handle, T> change) {
        Write<T> write = new Write<>(change, new CompletableFuture<>());
        if (closing || !waiting.offer(write)) {
            throw new Database.Overloaded();
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

    int backlog() {
        return waiting.size();
    }

    private void run() {
        List<Write<?>> group = new ArrayList<>();
        while (!(closing && waiting.isEmpty())) {
            try {
                group.add(waiting.take());
            } catch (InterruptedException e) {
                continue;
            }
            waiting.drainTo(group, LARGEST_GROUP - 1);
            try {
                // Nearly always all of them succeed, and without a savepoint each the group costs a third of the
                // statements.
                if (!commit(group, false)) {
                    commit(group, true);
                }
            } catch (RuntimeException | Error failure) {
                group.forEach(write -> write.done.completeExceptionally(failure));
            }
            group.clear();
        }
        drop();
    }

    /**
     * Writes {@code group} in one transaction.
     *
     * @param apart true to take back a write that fails alone, so that the others of its group stand
     * @return false if one failed and all were taken back
     */
    private boolean commit(List<Write<?>> group, boolean apart) {
        List<Runnable> answers = new ArrayList<>(group.size());
        try {
            Handle into = handle == null ? (handle = connected()) : handle;
            if (changes.wentBack()) {
                throw new WentBack("it was seen before");
            }
            into.begin();
            for (Write<?> write : group) {
                answers.add(apart ? write.runApart(into, changes) : write.run(into));
            }
            changes.write(into);
        } catch (RuntimeException | Error failure) {
            changes.doubt();
            if (handle == null || apart) {
                drop();
                throw failure;
            }
            rollback();
            return false;
        }
        try {
            handle.commit();
            changes.committed();
        } catch (RuntimeException | Error failure) {
            changes.doubt();
            // Nobody knows whether it is on disk, so it must not be written again.
            drop();
            throw failure;
        }
        answers.forEach(Runnable::run);
        return true;
    }

    private Handle connected() {
        Handle fresh = jdbi.open();
        try {
            changes.connected(fresh);
            return fresh;
        } catch (RuntimeException e) {
            fresh.close();
            throw e;
        }
    }

    private void rollback() {
        try {
            if (handle != null) {
                handle.rollback();
            }
        } catch (RuntimeException e) {
            drop();
        }
    }

    /** Gives the connection up; the next write opens another. */
    private void drop() {
        try {
            if (handle != null) {
                handle.close();
            }
        } catch (RuntimeException ignored) {
            // It was broken: that is why it goes.
        }
        handle = null;
    }

    /** Writes what is waiting, then stops. */
    @Override
    public void close() {
        closing = true;
        thread.interrupt();
        try {
            thread.join(10_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private record Write<T>(Function<Handle, T> change, CompletableFuture<T> done) {
        /** What this returns gives the caller its answer, once the group is on disk. */
        Runnable run(Handle handle) {
            T result = change.apply(handle);
            return () -> done.complete(result);
        }

        Runnable runApart(Handle handle, Changes changes) {
            int mark = changes.mark();
            handle.savepoint("one");
            try {
                Runnable answer = run(handle);
                handle.releaseSavepoint("one");
                return answer;
            } catch (RuntimeException | Error failure) {
                handle.rollbackToSavepoint("one");
                changes.backTo(mark);
                return () -> done.completeExceptionally(failure);
            }
        }
    }
}
