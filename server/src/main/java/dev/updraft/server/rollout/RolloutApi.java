package dev.updraft.server.rollout;

import dev.updraft.server.access.Caller;
import dev.updraft.server.access.Operators;
import dev.updraft.server.access.Role;
import dev.updraft.server.http.Json;
import dev.updraft.server.http.Page;
import dev.updraft.server.http.Problem;
import dev.updraft.server.store.Database;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;

/** {@code /api/v1/rollouts}. */
public final class RolloutApi implements HttpService {
    private final Database database;
    private final Rollouts rollouts;
    private final Operators operators;

    public RolloutApi(Database database, Rollouts rollouts, Operators operators) {
        this.database = database;
        this.rollouts = rollouts;
        this.operators = operators;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.post("/", this::create)
                .post("/preview", this::preview)
                .get("/", this::list)
                .get("/{id}", this::get)
                .get("/{id}/devices", this::devices)
                .post("/{id}/{action}", this::act);
    }

    record NewRollout(long release, RolloutOptions terms) {}

    record RolloutList(List<Rollout> rollouts) {}

    record RolloutView(Rollout rollout, Progress progress) {}

    private void create(ServerRequest request, ServerResponse response) {
        Caller caller = operators.require(request, Role.OPERATOR);
        NewRollout wanted = wanted(request);
        Json.send(response, 201, rollouts.create(caller.tenant(), wanted.release(), wanted.terms(), caller.name()));
    }

    private void preview(ServerRequest request, ServerResponse response) {
        Caller caller = operators.require(request, Role.VIEWER);
        NewRollout wanted = wanted(request);
        Json.send(response, 200, rollouts.preview(caller.tenant(), wanted.release(), wanted.terms()));
    }

    private void list(ServerRequest request, ServerResponse response) {
        Caller caller = operators.require(request, Role.VIEWER);
        Json.send(response, 200, new RolloutList(rollouts.all(caller.tenant())));
    }

    private void get(ServerRequest request, ServerResponse response) {
        Caller caller = operators.require(request, Role.VIEWER);
        send(response, rollouts.get(caller.tenant(), key(request)));
    }

    private void devices(ServerRequest request, ServerResponse response) {
        Caller caller = operators.require(request, Role.VIEWER);
        Rollout rollout = rollouts.get(caller.tenant(), key(request));
        String state = request.query().first("state").orElse(null);
        Json.send(response, 200, RolloutDevices.of(database, rollout, state, Page.of(request, 100, 1_000)));
    }

    private void act(ServerRequest request, ServerResponse response) {
        String action = request.path().pathParameters().get("action");
        Caller caller = operators.require(request, action.equals("approve") ? Role.APPROVER : Role.OPERATOR);
        long tenant = caller.tenant();
        long key = key(request);
        send(
                response,
                switch (action) {
                    case "approve" -> rollouts.approve(tenant, key, caller.name());
                    case "pause" -> rollouts.pause(tenant, key);
                    case "resume" -> rollouts.resume(tenant, key);
                    case "abort" -> rollouts.abort(tenant, key);
                    default ->
                        throw Problem.notFound("A rollout can be approved, paused, resumed and aborted; '" + action
                                + "' is not known.");
                });
    }

    private void send(ServerResponse response, Rollout rollout) {
        Json.send(response, 200, new RolloutView(rollout, rollouts.progress(rollout)));
    }

    private static NewRollout wanted(ServerRequest request) {
        NewRollout wanted = Json.read(request, NewRollout.class);
        if (wanted.terms() == null) {
            throw Problem.badRequest("A rollout needs 'release' and 'terms' ({} = every device at once).");
        }
        return wanted;
    }

    private static long key(ServerRequest request) {
        String id = request.path().pathParameters().get("id");
        if (!id.matches("\\d{1,18}")) {
            throw Problem.notFound("There is no rollout '" + id + "'.");
        }
        return Long.parseLong(id);
    }
}
