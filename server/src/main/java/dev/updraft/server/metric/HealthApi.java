package dev.updraft.server.metric;

import dev.updraft.server.access.Caller;
import dev.updraft.server.access.OperatorApi;
import dev.updraft.server.access.Operators;
import dev.updraft.server.access.Role;
import dev.updraft.server.access.Routes;
import dev.updraft.server.http.Json;
import dev.updraft.server.http.Problem;
import dev.updraft.server.store.Database;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.function.IntSupplier;

/** {@code /health/live}, {@code /health/ready} and {@code /metrics}. */
public final class HealthApi implements OperatorApi {
    private static final long ASK_NANOS = 1_000_000_000L;

    private final Database database;
    private final IntSupplier damagedArtifacts;
    private final Meters meters;
    private long asked = System.nanoTime() - 2 * ASK_NANOS;
    private boolean wrote;

    public HealthApi(Database database, IntSupplier damagedArtifacts, Meters meters) {
        this.database = database;
        this.damagedArtifacts = damagedArtifacts;
        this.meters = meters;
    }

    @Override
    public void routes(Routes routes) {
        routes.open("/health/live", (request, response) -> Json.send(response, 200, Map.of("status", "up")))
                .open("/health/ready", this::ready)
                .get("/metrics", Role.VIEWER, this::metrics)
                .get("/metrics/grafana.json", Role.VIEWER, this::dashboard);
    }

    /** Ready means that the database takes writes: a process whose database is gone is alive but should get no traffic. */
    private void ready(ServerRequest request, ServerResponse response) {
        if (!writes()) {
            throw Problem.unavailable("The database does not take writes.", 5);
        }
        int damaged = damagedArtifacts.getAsInt();
        Json.send(
                response,
                200,
                damaged == 0
                        ? Map.of("status", "ready")
                        : Map.of("status", "degraded", "problem", damaged + " artifacts are damaged or gone"));
    }

    /** Whether a write works, as a disk that is full or a database that only reads would not show otherwise; asked once a second at most. */
    private synchronized boolean writes() {
        long now = System.nanoTime();
        if (now - asked > ASK_NANOS) {
            try {
                database.change(handle -> handle.execute("UPDATE tenant SET name = name WHERE key = 1"));
                wrote = true;
            } catch (RuntimeException e) {
                wrote = false;
            }
            asked = System.nanoTime();
        }
        return wrote;
    }

    /** A dashboard to import into Grafana; a test holds it to the metrics. */
    private void dashboard(ServerRequest request, ServerResponse response) throws IOException {
        requireFirstTenant(request);
        try (InputStream in = HealthApi.class.getResourceAsStream("/dev/updraft/server/grafana.json")) {
            if (in == null) {
                throw new IllegalStateException("grafana.json is missing from the build");
            }
            response.header(HeaderValues.CONTENT_TYPE_JSON).send(in.readAllBytes());
        }
    }

    /** They tell of every tenant's devices, so that only those who run the server see them. */
    private static void requireFirstTenant(ServerRequest request) {
        if (Caller.of(request).tenant() != Operators.FIRST_TENANT) {
            throw Problem.forbidden("Metrics are of the whole server, and for the first tenant alone.");
        }
    }

    private void metrics(ServerRequest request, ServerResponse response) {
        requireFirstTenant(request);
        response.header(HeaderNames.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")
                .send(meters.text().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
}
