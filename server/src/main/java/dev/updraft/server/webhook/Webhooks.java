package dev.updraft.server.webhook;

import dev.updraft.server.access.Secret;
import dev.updraft.server.event.Event;
import dev.updraft.server.event.Events;
import dev.updraft.server.event.Position;
import dev.updraft.server.http.Json;
import dev.updraft.server.http.Problem;
import dev.updraft.server.store.Database;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Sends events to webhooks. The queue is the table of events and a position in it for each webhook, so nothing is lost when the server
 * dies: what was not answered with a 2xx is sent again, in order, after 1, 2, 4 … seconds, at most every ten minutes. The process that owns the
 * background work sends; a receiver can get an event twice (the same id), never out of order.
 */
public final class Webhooks implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Webhooks.class.getName());
    private static final long LOOK_EVERY_MILLIS = 500;
    private static final long PRUNE_EVERY_MILLIS = 3_600_000;
    private static final int BATCH = 100;
    private static final long LONGEST_WAIT_SECONDS = 600;

    private static final long EXCHANGE_SECONDS = 10;

    /** Of an answer, which nobody reads. */
    private static final long LONGEST_ANSWER = 64 * 1024;

    private final Targets targets;
    private final Database database;
    private final Events events;
    private final WebhookStore store = new WebhookStore();
    private final Set<Long> sending = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closing = new CountDownLatch(1);
    private @Nullable HttpClient http;
    private long pruned;

    /** @param toPrivate true if they may go to this machine and into private networks */
    public Webhooks(Database database, Events events, boolean toPrivate) {
        this.targets = new Targets(toPrivate);
        this.database = database;
        this.events = events;
        Thread.ofVirtual().name("updraft-webhooks").start(this::run);
    }

    /** A webhook and the secret that only this answer ever holds. */
    record Made(long id, String secret) {}

    Made create(long tenant, String name, String url, List<String> types) {
        String secret = Secret.newToken();
        Position end = events.end(tenant);
        long key = database.write(handle -> {
            if (store.all(handle, tenant).stream()
                    .anyMatch(other -> other.name().equals(name))) {
                throw Problem.conflict("There is a webhook '" + name + "' already.");
            }
            return store.insert(handle, tenant, name, url, secret, types, end);
        });
        return new Made(key, secret);
    }

    Targets targets() {
        return targets;
    }

    List<Webhook> all(long tenant) {
        return database.read(handle -> store.all(handle, tenant));
    }

    void remove(long tenant, long key) {
        if (!database.write(handle -> store.delete(handle, tenant, key))) {
            throw Problem.notFound("There is no webhook " + key + ".");
        }
    }

    /** How many were not taken by their receiver last. */
    public long failing() {
        return database.read(handle -> handle.createQuery("SELECT count(*) FROM webhook WHERE failures > 0")
                .mapTo(Long.class)
                .one());
    }

    private void run() {
        try {
            while (!closing.await(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
                if (database.changes().isOwner()) {
                    look();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        long now = System.currentTimeMillis();
        try {
            if (Math.abs(now - pruned) > PRUNE_EVERY_MILLIS) {
                pruned = now;
                events.prune();
            }
            for (Webhook webhook : database.read(handle -> store.due(handle, now, LONGEST_WAIT_SECONDS * 1_000))) {
                if (sending.add(webhook.key())) {
                    Thread.ofVirtual().start(() -> send(webhook));
                }
            }
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "webhooks could not be looked at; tried again shortly", e);
        }
    }

    private void send(Webhook webhook) {
        try {
            List<Event> batch = events.after(webhook.tenant(), webhook.seen(), BATCH);
            if (batch.isEmpty()) {
                return;
            }
            List<Event> wanted =
                    batch.stream().filter(event -> webhook.wants(event.type())).toList();
            String problem = wanted.isEmpty() ? "" : post(webhook, wanted);
            if (problem.isEmpty()) {
                Position last = batch.getLast().position();
                database.write(handle -> store.taken(handle, webhook, last));
            } else {
                long wait = Math.min(LONGEST_WAIT_SECONDS, 1L << Math.min(webhook.failures(), 20));
                long next = System.currentTimeMillis() + wait * 1_000;
                database.change(handle -> store.failed(handle, webhook, next, problem));
            }
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "webhook " + webhook.key() + " could not be served; tried again shortly", e);
        } finally {
            sending.remove(webhook.key());
        }
    }

    record Body(List<Event> events) {}

    /** @return why it was not taken; empty if it was */
    private String post(Webhook webhook, List<Event> wanted) {
        byte[] body = Json.bytes(new Body(wanted));
        long seconds = System.currentTimeMillis() / 1_000;
        HttpRequest request = HttpRequest.newBuilder(URI.create(webhook.url()))
                .timeout(Duration.ofSeconds(10))
                .header("Content-Type", "application/json")
                .header("User-Agent", "updraft")
                .header("Updraft-Signature", Signature.of(webhook.secret(), seconds, body))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        String forbidden = targets.forbidden(request.uri());
        if (!forbidden.isEmpty()) {
            return forbidden;
        }
        // All of it is bounded, the answer's body too: the timeout of the request ends with its head.
        CompletableFuture<HttpResponse<Void>> exchange = http().sendAsync(
                        request,
                        HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.discarding(), LONGEST_ANSWER));
        try {
            int status = exchange.get(EXCHANGE_SECONDS, TimeUnit.SECONDS).statusCode();
            return status / 100 == 2 ? "" : "It answered " + status + ".";
        } catch (TimeoutException e) {
            exchange.cancel(true);
            return "It did not end its answer within " + EXCHANGE_SECONDS + " s.";
        } catch (ExecutionException e) {
            Throwable why = e.getCause() == null ? e : e.getCause();
            return "It does not answer: " + (why.getMessage() == null ? why.toString() : why.getMessage()) + ".";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "The server was stopped.";
        }
    }

    /** Made when it is needed first: it takes a tenth of a second of a start, and most servers have no webhook. */
    private synchronized HttpClient http() {
        if (http == null) {
            http = HttpClient.newBuilder()
                    .connectTimeout(Duration.ofSeconds(5))
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .version(HttpClient.Version.HTTP_1_1)
                    .build();
        }
        return http;
    }

    @Override
    public synchronized void close() {
        closing.countDown();
        if (http != null) {
            http.shutdownNow();
        }
    }
}
