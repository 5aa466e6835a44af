package dev.updraft.server.metric;

import dev.updraft.server.access.Operators;
import dev.updraft.server.access.Role;
import dev.updraft.server.http.Json;
import dev.updraft.server.http.Problem;
import dev.updraft.server.store.Database;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/** {@code /health/live}, {@code /health/ready} and {@code /metrics}. */
public final class HealthApi implements HttpService {
    private final Database database;
    private final Meters meters;
    private final Operators operators;

    public HealthApi(Database database, Meters meters, Operators operators) {
        this.database = database;
        this.meters = meters;
        this.operators = operators;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/health/live", (request, response) -> Json.send(response, 200, Map.of("status", "up")))
                .get("/health/ready", this::ready)
                .get("/metrics", this::metrics)
                .get("/metrics/grafana.json", this::dashboard);
    }

    /** Ready means that the database answers: a process whose database is gone is alive but should get no traffic. */
    private void ready(ServerRequest request, ServerResponse response) {
        try {
            database.read(handle ->
                    handle.createQuery("SELECT 1").mapTo(Integer.class).one());
        } catch (RuntimeException e) {
            throw Problem.unavailable("The database does not answer.", 5);
        }
        Json.send(response, 200, Map.of("status", "ready"));
    }

    /** A dashboard to import into Grafana; a test holds it to the metrics. */
    private void dashboard(ServerRequest request, ServerResponse response) throws IOException {
        operators.require(request, Role.VIEWER);
        try (InputStream in = HealthApi.class.getResourceAsStream("/dev/updraft/server/grafana.json")) {
            if (in == null) {
                throw new IllegalStateException("grafana.json is missing from the build");
            }
            response.header(HeaderValues.CONTENT_TYPE_JSON).send(in.readAllBytes());
        }
    }

    private void metrics(ServerRequest request, ServerResponse response) {
        operators.require(request, Role.VIEWER);
        response.header(HeaderNames.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")
                .send(meters.text().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
}
