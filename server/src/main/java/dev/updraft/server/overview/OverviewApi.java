package dev.updraft.server.overview;

import dev.updraft.server.access.Caller;
import dev.updraft.server.access.OperatorApi;
import dev.updraft.server.access.Role;
import dev.updraft.server.access.Routes;
import dev.updraft.server.fleet.Fleet;
import dev.updraft.server.http.Json;
import dev.updraft.server.http.Problem;
import dev.updraft.server.store.Database;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.ArrayList;
import java.util.List;

/** {@code /api/v1/overview}. */
public final class OverviewApi implements OperatorApi, AutoCloseable {
    private final Census census;
    private final History history;

    public OverviewApi(Fleet fleet, Database database) {
        this.census = new Census(fleet, database);
        this.history = new History(fleet, census, database);
    }

    @Override
    public void routes(Routes routes) {
        routes.get("/", Role.VIEWER, this::get).get("/history", Role.VIEWER, this::history);
    }

    record SampleList(List<Overview.Sample> samples) {}

    private void get(ServerRequest request, ServerResponse response) {
        Json.send(response, 200, census.of(Caller.of(request).tenant()));
    }

    private void history(ServerRequest request, ServerResponse response) {
        String days = request.query().first("days").orElse("7");
        if (!days.matches("\\d{1,3}") || Integer.parseInt(days) < 1 || Integer.parseInt(days) > 400) {
            throw Problem.badRequest("'days' is a number from 1 to 400.");
        }
        long tenant = Caller.of(request).tenant();
        List<Overview.Sample> samples = new ArrayList<>(history.of(tenant, Integer.parseInt(days)));
        Overview now = census.of(tenant);
        samples.add(new Overview.Sample(now.at(), now.versions()));
        Json.send(response, 200, new SampleList(samples));
    }

    @Override
    public void close() {
        history.close();
    }
}
