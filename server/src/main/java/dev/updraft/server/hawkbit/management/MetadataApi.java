package dev.updraft.server.hawkbit.management;

import dev.updraft.server.access.OperatorApi;
import dev.updraft.server.access.Role;
import dev.updraft.server.access.Routes;
import dev.updraft.server.hawkbit.ddi.HawkbitJson;
import dev.updraft.server.hawkbit.ddi.Metadata;
import dev.updraft.server.hawkbit.ddi.Refusal;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code …/{id}/metadata} of targets, modules and sets. */
final class MetadataApi implements OperatorApi {
    private static final int LONGEST_KEY = 128;
    private static final int LONGEST_VALUE = 4_000;

    private final Metadata metadata;
    private final Metadata.Of of;
    private final ToLongFunction<ServerRequest> subject;

    /** @param subject finds what is noted at; 404 if it is not there */
    MetadataApi(Metadata metadata, Metadata.Of of, ToLongFunction<ServerRequest> subject) {
        this.metadata = metadata;
        this.of = of;
        this.subject = subject;
    }

    @Override
    public void routes(Routes routes) {
        routes.get("/{id}/metadata", Role.VIEWER, this::list)
                .post("/{id}/metadata", Role.OPERATOR, this::create)
                .get("/{id}/metadata/{key}", Role.VIEWER, this::get)
                .put("/{id}/metadata/{key}", Role.OPERATOR, this::change)
                .delete("/{id}/metadata/{key}", Role.OPERATOR, this::delete);
    }

    private void list(ServerRequest request, ServerResponse response) {
        List<Metadata.Entry> all = metadata.all(of, subject.applyAsLong(request));
        ObjectNode answer = HawkbitJson.object();
        var content = answer.putArray("content");
        all.forEach(entry -> content.add(view(entry)));
        HawkbitJson.sendJson(response, 200, Listing.sized(answer, content, all.size()));
    }

    private void create(ServerRequest request, ServerResponse response) {
        long at = subject.applyAsLong(request);
        List<Metadata.Entry> entries = new ArrayList<>();
        for (JsonNode body : RequestBody.list(request)) {
            entries.add(
                    new Metadata.Entry(RequestBody.text(body, "key", LONGEST_KEY), value(body), visible(body, false)));
        }
        metadata.put(of, at, entries);
        response.status(201).send();
    }

    private void get(ServerRequest request, ServerResponse response) {
        HawkbitJson.sendPlain(response, view(metadata.get(of, subject.applyAsLong(request), key(request))));
    }

    private void change(ServerRequest request, ServerResponse response) {
        long at = subject.applyAsLong(request);
        JsonNode body = RequestBody.body(request);
        boolean before =
                metadata.all(of, at).stream().anyMatch(entry -> entry.key().equals(key(request)) && entry.visible());
        metadata.put(of, at, List.of(new Metadata.Entry(key(request), value(body), visible(body, before))));
        response.send();
    }

    private void delete(ServerRequest request, ServerResponse response) {
        metadata.remove(of, subject.applyAsLong(request), key(request));
        response.send();
    }

    private static String value(JsonNode body) {
        String value = RequestBody.textOr(body, "value", null, LONGEST_VALUE);
        if (value == null) {
            throw Refusal.CONSTRAINT.of("'value' is missing.");
        }
        return value;
    }

    private boolean visible(JsonNode body, boolean usual) {
        Boolean visible = of == Metadata.Of.MODULE ? RequestBody.flag(body, "targetVisible") : null;
        return visible == null ? usual : visible;
    }

    private static String key(ServerRequest request) {
        return request.path().pathParameters().get("key");
    }

    private ObjectNode view(Metadata.Entry entry) {
        ObjectNode view = HawkbitJson.object().put("key", entry.key()).put("value", entry.value());
        return of == Metadata.Of.MODULE ? view.put("targetVisible", entry.visible()) : view;
    }
}
