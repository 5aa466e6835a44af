package dev.updraft.server.rollout;

import com.fasterxml.jackson.annotation.JsonAlias;
import dev.updraft.server.access.Caller;
import dev.updraft.server.access.OperatorApi;
import dev.updraft.server.access.Role;
import dev.updraft.server.access.Routes;
import dev.updraft.server.http.Json;
import dev.updraft.server.http.Page;
import dev.updraft.server.http.Problem;
import dev.updraft.server.store.Database;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;

/** {@code /api/v1/rollouts}. */
public final class RolloutApi implements OperatorApi {
    private final Database database;
    private final Rollouts rollouts;

    public RolloutApi(Database database, Rollouts rollouts) {
        this.database = database;
        this.rollouts = rollouts;
    }

    @Override
    public void routes(Routes routes) {
        routes.post("/", Role.OPERATOR, this::create)
                .post("/preview", Role.VIEWER, this::preview)
                .get("/", Role.VIEWER, this::list)
                .get("/{id}", Role.VIEWER, this::get)
                .get("/{id}/devices", Role.VIEWER, this::devices)
                .post("/{id}/approve", Role.APPROVER, this::approve)
                .post("/{id}/pause", Role.OPERATOR, this::pause)
                .post("/{id}/resume", Role.OPERATOR, this::resume)
                .post("/{id}/advance", Role.OPERATOR, this::advance)
                .get("/{id}/reasons", Role.VIEWER, this::reasons)
                .post("/{id}/reopen", Role.OPERATOR, this::reopen)
                .post("/{id}/abort", Role.OPERATOR, this::abort);
    }

    /** {@code terms} is what 0.1 called the options. */
    record NewRollout(long release, @JsonAlias("terms") RolloutOptions options) {}

    record RolloutList(List<Rollout> rollouts) {}

    record RolloutView(Rollout rollout, Progress progress) {}

    private void create(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        NewRollout wanted = wanted(request);
        Json.send(response, 201, rollouts.create(caller.tenant(), wanted.release(), wanted.options(), caller.name()));
    }

    private void preview(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        NewRollout wanted = wanted(request);
        Json.send(response, 200, rollouts.preview(caller.tenant(), wanted.release(), wanted.options()));
    }

    private void list(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        Json.send(response, 200, new RolloutList(rollouts.all(caller.tenant())));
    }

    private void get(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        send(response, rollouts.get(caller.tenant(), key(request)));
    }

    private void devices(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        Rollout rollout = rollouts.get(caller.tenant(), key(request));
        String state = request.query().first("state").orElse(null);
        Json.send(
                response,
                200,
                RolloutDevices.of(
                        database,
                        rollout,
                        new RolloutDevices.Wanted(
                                state,
                                request.query().first("reason").orElse(null),
                                request.query().first("after").orElse(null)),
                        Page.of(request, 100, 1_000)));
    }

    private void reasons(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        Rollout rollout = rollouts.get(caller.tenant(), key(request));
        Json.send(response, 200, RolloutReasons.of(database, rollout));
    }

    private void advance(ServerRequest request, ServerResponse response) {
        send(response, rollouts.advance(Caller.of(request).tenant(), key(request)));
    }

    private void approve(ServerRequest request, ServerResponse response) {
        send(response, rollouts.approve(Caller.of(request), key(request)));
    }

    private void pause(ServerRequest request, ServerResponse response) {
        send(response, rollouts.pause(Caller.of(request).tenant(), key(request)));
    }

    private void resume(ServerRequest request, ServerResponse response) {
        send(response, rollouts.resume(Caller.of(request).tenant(), key(request)));
    }

    private void reopen(ServerRequest request, ServerResponse response) {
        send(response, rollouts.reopen(Caller.of(request).tenant(), key(request)));
    }

    private void abort(ServerRequest request, ServerResponse response) {
        send(response, rollouts.abort(Caller.of(request).tenant(), key(request)));
    }

    private void send(ServerResponse response, Rollout rollout) {
        Json.send(response, 200, new RolloutView(rollout, rollouts.progress(rollout)));
    }

    private static NewRollout wanted(ServerRequest request) {
        NewRollout wanted = Json.read(request, NewRollout.class);
        if (wanted.options() == null) {
            throw Problem.badRequest("A rollout needs 'release' and 'options' ({} = every device at once).");
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
