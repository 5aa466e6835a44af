package dev.updraft.server.release;

import dev.updraft.server.access.Caller;
import dev.updraft.server.access.OperatorApi;
import dev.updraft.server.access.Role;
import dev.updraft.server.access.Routes;
import dev.updraft.server.http.Body;
import dev.updraft.server.http.Json;
import dev.updraft.server.http.Problem;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;

/** {@code /api/v1/releases}. */
public final class ReleaseApi implements OperatorApi {
    private static final int LARGEST_REPORT = 1 << 20;
    private static final HeaderName SIGNATURE = HeaderNames.create("Updraft-Signature");

    private final Releases releases;
    private final Rehearsals rehearsals;
    private final Publication publication;
    private final int largestImage;

    public ReleaseApi(Releases releases, Rehearsals rehearsals, Publication publication, int largestImage) {
        this.releases = releases;
        this.rehearsals = rehearsals;
        this.publication = publication;
        this.largestImage = largestImage;
    }

    @Override
    public void routes(Routes routes) {
        routes.post("/", Role.OPERATOR, this::add)
                .get("/", Role.VIEWER, this::list)
                .get("/{id}", Role.VIEWER, this::get)
                .get("/{id}/images/{digest}", Role.VIEWER, this::image)
                .get("/{id}/paths", Role.VIEWER, this::paths)
                .post("/{id}/publish", Role.OPERATOR, this::publish)
                .post("/{id}/withdraw", Role.OPERATOR, this::withdraw)
                // Apart from releases, so that a pipeline that publishes does not also say that what it publishes was
                // rehearsed.
                .scope("rehearsals")
                .post("/{id}/rehearsals", Role.OPERATOR, this::rehearsed)
                .get("/{id}/rehearsals", Role.VIEWER, this::rehearsals)
                .get("/{id}/rehearsals/{number}", Role.VIEWER, this::report);
    }

    record ReleaseList(List<Release> releases) {}

    record RehearsalList(List<Rehearsal> rehearsals) {}

    private void add(ServerRequest request, ServerResponse response) {
        long tenant = Caller.of(request).tenant();
        byte[] file = Body.read(request, largestImage);
        String notes = request.query().first("notes").orElse("");
        String board = request.query().first("board").orElse(null);
        String from = request.query().first("from").orElse("");
        Json.send(response, 201, releases.add(tenant, file, notes, from, board));
    }

    private void list(ServerRequest request, ServerResponse response) {
        long tenant = Caller.of(request).tenant();
        Json.send(response, 200, new ReleaseList(releases.all(tenant)));
    }

    private void get(ServerRequest request, ServerResponse response) {
        long tenant = Caller.of(request).tenant();
        Json.send(response, 200, releases.get(tenant, key(request)));
    }

    private void image(ServerRequest request, ServerResponse response) {
        Release release = releases.get(Caller.of(request).tenant(), key(request));
        String digest = request.path().pathParameters().get("digest");
        Release.Image image = release.images().stream()
                .filter(one -> one.digest().toString().equals(digest))
                .findFirst()
                .orElseThrow(() -> Problem.notFound("This release has no such image."));
        Json.send(response, 200, releases.view(image));
    }

    /** {@code from=1.0.0,1.1.0}: the versions that are asked about. */
    private void paths(ServerRequest request, ServerResponse response) {
        long tenant = Caller.of(request).tenant();
        List<String> from = List.of(request.query().first("from").orElse("").split(","));
        Json.send(response, 200, Paths.to(releases.get(tenant, key(request)), releases.all(tenant), from));
    }

    private void publish(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        String to = request.query().first("to").orElse("everyone");
        Release published = switch (to) {
            case "everyone" -> publication.publishToEveryone(caller.tenant(), key(request), caller.name());
            case "nobody" -> publication.publish(caller.tenant(), key(request));
            default -> throw Problem.badRequest("'to' is everyone (the default) or nobody, for a rollout to come.");
        };
        Json.send(response, 200, published);
    }

    private void withdraw(ServerRequest request, ServerResponse response) {
        long tenant = Caller.of(request).tenant();
        Json.send(response, 200, publication.withdraw(tenant, key(request)));
    }

    private void rehearsed(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        Release release = releases.get(caller.tenant(), key(request));
        Rehearsal rehearsal = rehearsals.add(
                release,
                Body.read(request, LARGEST_REPORT),
                request.headers().first(SIGNATURE).orElse(null),
                caller.name());
        publication.rehearsed(release);
        Json.send(response, 201, rehearsal);
    }

    private void rehearsals(ServerRequest request, ServerResponse response) {
        long tenant = Caller.of(request).tenant();
        Json.send(response, 200, new RehearsalList(rehearsals.of(releases.get(tenant, key(request)))));
    }

    private void report(ServerRequest request, ServerResponse response) {
        long tenant = Caller.of(request).tenant();
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
