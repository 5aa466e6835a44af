package dev.updraft.server.store;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** The only process: what it holds in memory is always right, and all work is its own. */
final class LocalChangeFeed implements Changes {
    private final Jdbi reading;

    LocalChangeFeed(Jdbi reading) {
        this.reading = reading;
    }

    @Override
    public void note(Topic topic, long subject, Supplier<@Nullable String> detail) {}

    @Override
    public void follow(Topic topic, Consumer<List<Change>> reader) {}

    @Override
    public <T> T load(Function<Handle, T> query) {
        return reading.withHandle(query::apply);
    }

    @Override
    public void start() {}

    @Override
    public void catchUp() {}

    @Override
    public boolean isCurrent() {
        return true;
    }

    @Override
    public boolean isOwner() {
        return true;
    }

    @Override
    public boolean hasOthers() {
        return false;
    }

    @Override
    public int mark() {
        return 0;
    }

    @Override
    public void backTo(int mark) {}

    @Override
    public void write(Handle handle) {}

    @Override
    public void committed() {}

    @Override
    public void doubt() {}

    @Override
    public void close() {}
}
