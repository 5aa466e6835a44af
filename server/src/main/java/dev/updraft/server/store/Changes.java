package dev.updraft.server.store;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * How the server processes on one database keep what they hold in memory the same. Whoever changes something that others hold in
 * memory notes it in the same transaction; whoever holds it in memory follows the topic and reads the changed rows again.
 */
public sealed interface Changes extends AutoCloseable permits LocalChangeFeed, PostgresChangeFeed {
    /** Called inside a change, on the thread that runs it: the note is committed with it or not at all. */
    void note(Topic topic, long subject, Supplier<@Nullable String> detail);

    /** {@link #note(Topic, long, Supplier)} of a change that its key says all about. */
    default void note(Topic topic, long subject) {
        note(topic, subject, () -> null);
    }

    /** {@code reader} is called with the changes of other processes, oldest first, on any thread but never on two at a time. */
    void follow(Topic topic, Consumer<List<Change>> reader);

    /** A read at start-up: all of them see the same moment, from which following begins. */
    <T> T load(Function<Handle, T> query);

    /** Ends loading; from here on this process follows the others. */
    void start();

    /** Returns when everything that was committed before the call is taken over; at once if there is no other process. */
    void catchUp();

    /** False if this process may have missed changes for longer than it is safe to act on what it holds. */
    boolean isCurrent();

    /** True if the work that must be done once for all processes is this one's. */
    boolean isOwner();

    /** True if other processes are at work on this database. */
    boolean hasOthers();

    /** Where {@link #backTo} goes back to. */
    int mark();

    /** Forgets what was noted since {@code mark}: that change is taken back. */
    void backTo(int mark);

    /** Writes what was noted into the transaction that is about to be committed. */
    void write(Handle handle);

    /**
     * The writer has a new connection.
     *
     * @throws WentBack if what it leads to lacks what was committed before
     */
    default void connected(Handle handle) {}

    /** True if the database was found to have gone back; from then on nothing is offered and nothing is written. */
    default boolean wentBack() {
        return false;
    }

    /** After that transaction was committed. */
    void committed();

    /** After a commit whose outcome is not known: if it did take place, this process must read its own changes. */
    void doubt();

    @Override
    void close();
}
