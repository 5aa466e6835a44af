package dev.updraft.server.access;

import dev.updraft.server.store.AuditLog;
import dev.updraft.server.store.Database;
import io.helidon.webserver.http.ServerRequest;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Writes down who was turned away, once in ten seconds for an address: whoever guesses must not fill the log. */
final class FailedLogIns {
    private static final long QUIET_NANOS = Duration.ofSeconds(10).toNanos();
    private static final int MOST_ADDRESSES = 10_000;

    private final Database database;
    private final Map<String, Long> written = new ConcurrentHashMap<>();

    FailedLogIns(Database database) {
        this.database = database;
    }

    void note(ServerRequest request) {
        String user = Bearer.user(request);
        note(
                request.remotePeer().host(),
                user == null ? "(unknown token)" : user,
                request.prologue().method().text(),
                request.path().absolute().path());
    }

    void note(String address, String who, String method, String path) {
        long now = System.nanoTime();
        Long before = written.get(address);
        if (before != null && now - before < QUIET_NANOS) {
            return;
        }
        if (written.size() >= MOST_ADDRESSES) {
            written.clear();
        }
        written.put(address, now);
        database.change(handle -> AuditLog.add(
                handle, Operators.FIRST_TENANT, who, method, path, 401, "{\"failed\":\"log-in\"}", address));
    }
}
