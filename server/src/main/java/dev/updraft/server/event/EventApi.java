package dev.updraft.server.event;

import dev.updraft.server.access.Caller;
import dev.updraft.server.access.OperatorApi;
import dev.updraft.server.access.Operators;
import dev.updraft.server.access.Role;
import dev.updraft.server.access.Routes;
import dev.updraft.server.http.Problem;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** {@code /api/v1/events}: server-sent events (WHATWG HTML, section 9.2), resumed behind {@code Last-Event-ID}. */
public final class EventApi implements OperatorApi, AutoCloseable {
    private static final int MOST_LISTENERS = 200;
    private static final int MOST_OF_A_TENANT = 50;
    private static final int BATCH = 500;
    private static final long LOOK_EVERY_MILLIS = 500;

    /** So that proxies do not take a quiet connection for a dead one. */
    private static final long QUIET_NANOS = 15_000_000_000L;

    private final Events events;
    private final Operators operators;
    private final Semaphore listeners = new Semaphore(MOST_LISTENERS);
    private final Map<Long, AtomicInteger> byTenant = new ConcurrentHashMap<>();
    private final CountDownLatch closing = new CountDownLatch(1);

    public EventApi(Events events, Operators operators) {
        this.events = events;
        this.operators = operators;
    }

    @Override
    public void routes(Routes routes) {
        routes.get("/", Role.VIEWER, this::listen);
    }

    /** How many listen now. */
    public int listening() {
        return MOST_LISTENERS - listeners.availablePermits();
    }

    private void listen(ServerRequest request, ServerResponse response) throws IOException {
        long tenant = Caller.of(request).tenant();
        String last = request.headers()
                .first(HeaderNames.create("Last-Event-ID"))
                .or(() -> request.query().first("after").asOptional())
                .orElse("");
        boolean wait = !request.query().first("wait").orElse("").equals("false");
        Position position = last.isEmpty() ? events.end(tenant) : Position.parse(last);
        AtomicInteger own = byTenant.computeIfAbsent(tenant, key -> new AtomicInteger());
        if (own.incrementAndGet() > MOST_OF_A_TENANT) {
            own.decrementAndGet();
            throw Problem.tooMany("Your tenant has " + MOST_OF_A_TENANT + " listeners already; end one first.", 30);
        }
        if (!listeners.tryAcquire()) {
            own.decrementAndGet();
            throw Problem.unavailable(MOST_LISTENERS + " others listen already; try another server process.", 30);
        }
        try {
            response.header(HeaderNames.CONTENT_TYPE, "text/event-stream");
            response.header(HeaderValues.CACHE_NO_CACHE);
            try (OutputStream out = response.outputStream()) {
                send(out, ": listening\n\n");
                follow(request, tenant, position, wait, out);
            }
        } finally {
            listeners.release();
            own.decrementAndGet();
        }
    }

    private void follow(ServerRequest request, long tenant, Position from, boolean wait, OutputStream out)
            throws IOException {
        Position position = from;
        long said = System.nanoTime();
        boolean more = true;
        while (more && !(wait && closed())) {
            if (operators.find(request) == null) {
                return; // The token was revoked meanwhile.
            }
            List<Event> batch = events.after(tenant, position, BATCH);
            more = wait || !batch.isEmpty();
            StringBuilder text = new StringBuilder();
            for (Event event : batch) {
                text.append("id: ").append(event.id()).append("\nevent: ").append(event.type());
                text.append("\ndata: ").append(event.data()).append("\n\n");
                position = event.position();
            }
            long now = System.nanoTime();
            if (text.isEmpty() && now - said > QUIET_NANOS) {
                text.append(":\n\n");
            }
            if (!text.isEmpty()) {
                send(out, text.toString());
                said = now;
            }
        }
    }

    /** Waits until it is time to look again; true if the server ends. */
    private boolean closed() {
        try {
            return closing.await(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return true;
        }
    }

    private static void send(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    @Override
    public void close() {
        closing.countDown();
    }
}
