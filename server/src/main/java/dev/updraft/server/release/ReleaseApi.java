package dev.updraft.server.release;

import dev.updraft.server.access.Caller;
import dev.updraft.server.access.Operators;
import dev.updraft.server.access.Role;
import dev.updraft.server.http.Body;
import dev.updraft.server.http.Json;
import dev.updraft.server.http.Problem;
import dev.updraft.server.rollout.Rollouts;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;

/** {@code /api/v1/releases}. */
public final class ReleaseApi implements HttpService {
    private static final int LARGEST_REPORT = 1 << 20;
    private static final HeaderName SIGNATURE = HeaderNames.create("Updraft-Signature");

    private final Releases releases;
    private final Rehearsals rehearsals;
    private final Rollouts rollouts;
    private final Operators operators;
    private final int largestImage;

    public ReleaseApi(
            Releases releases, Rehearsals rehearsals, Rollouts rollouts, Operators operators, int largestImage) {
        this.releases = releases;
        this.rehearsals = rehearsals;
        this.rollouts = rollouts;
        this.operators = operators;
        this.largestImage = largestImage;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.post("/", this::add)
                .get("/", this::list)
                .get("/{id}", this::get)
                .post("/{id}/publish", this::publish)
                .post("/{id}/withdraw", this::withdraw)
                .post("/{id}/rehearsals", this::rehearsed)
                .get("/{id}/rehearsals", this::rehearsals)
                .get("/{id}/rehearsals/{number}", this::report);
    }

    record ReleaseList(List<Release> releases) {}

    record RehearsalList(List<Rehearsal> rehearsals) {}

    private void add(ServerRequest request, ServerResponse response) {
        long tenant = operators.require(request, Role.OPERATOR).tenant();
        byte[] file = Body.read(request, largestImage);
        String notes = request.query().first("notes").orElse("");
        String board = request.query().first("board").orElse(null);
        String from = request.query().first("from").orElse("");
        Json.send(response, 201, releases.add(tenant, file, notes, from, board));
    }

    private void list(ServerRequest request, ServerResponse response) {
        long tenant = operators.require(request, Role.VIEWER).tenant();
        Json.send(response, 200, new ReleaseList(releases.all(tenant)));
    }

    private void get(ServerRequest request, ServerResponse response) {
        long tenant = operators.require(request, Role.VIEWER).tenant();
        Json.send(response, 200, releases.get(tenant, key(request)));
    }

    private void publish(ServerRequest request, ServerResponse response) {
        Caller caller = operators.require(request, Role.OPERATOR);
        String to = request.query().first("to").orElse("everyone");
        Release published = switch (to) {
            case "everyone" -> rollouts.publishToEveryone(caller.tenant(), key(request), caller.name());
            case "nobody" -> rollouts.publish(caller.tenant(), key(request));
            default -> throw Problem.badRequest("'to' is everyone (the default) or nobody, for a rollout to come.");
        };
        Json.send(response, 200, published);
    }

    private void withdraw(ServerRequest request, ServerResponse response) {
        long tenant = operators.require(request, Role.OPERATOR).tenant();
        Json.send(response, 200, rollouts.withdraw(tenant, key(request)));
    }

    private void rehearsed(ServerRequest request, ServerResponse response) {
        Caller caller = operators.require(request, Role.OPERATOR);
        Release release = releases.get(caller.tenant(), key(request));
        Rehearsal rehearsal = rehearsals.add(
                release,
                Body.read(request, LARGEST_REPORT),
                request.headers().first(SIGNATURE).orElse(null),
                caller.name());
        rollouts.rehearsed(release);
        Json.send(response, 201, rehearsal);
    }

    private void rehearsals(ServerRequest request, ServerResponse response) {
        long tenant = operators.require(request, Role.VIEWER).tenant();
        Json.send(response, 200, new RehearsalList(rehearsals.of(releases.get(tenant, key(request)))));
    }

    private void report(ServerRequest request, ServerResponse response) {
        long tenant = operators.require(request, Role.VIEWER).tenant();
        String report = rehearsals.report(releases.get(tenant, key(request)), number(request, "number", "rehearsal"));
        if (report == null) {
            throw Problem.notFound("This release has no such rehearsal.");
        }
        response.header(HeaderValues.CONTENT_TYPE_JSON).send(report);
    }

    private static long key(ServerRequest request) {
        return number(request, "id", "release");
    }

    private static long number(ServerRequest request, String parameter, String what) {
        String number = request.path().pathParameters().get(parameter);
        try {
            return Long.parseLong(number);
        } catch (NumberFormatException e) {
            throw Problem.notFound("There is no " + what + " '" + number + "'.");
        }
    }
}
