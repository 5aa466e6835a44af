package dev.updraft.server.hawkbit.management;

import dev.updraft.server.access.Caller;
import dev.updraft.server.access.OperatorApi;
import dev.updraft.server.access.Role;
import dev.updraft.server.access.Routes;
import dev.updraft.server.fleet.Fleet;
import dev.updraft.server.hawkbit.ddi.HawkbitJson;
import dev.updraft.server.hawkbit.ddi.Links;
import dev.updraft.server.hawkbit.management.TagStore.Tag;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /rest/v1/targettags} and {@code /rest/v1/distributionsettags}. */
final class TagApi implements OperatorApi {
    private final TagStore store;
    private final String path;
    private final Tagged tagged;

    TagApi(TagStore store, String path, Tagged tagged) {
        this.store = store;
        this.path = path;
        this.tagged = tagged;
    }

    /** What has tags. */
    interface Tagged {
        /** Answers with the page of those that have {@code tag}. */
        void send(ServerRequest request, ServerResponse response, Tag tag);

        /** Tags those that {@code named} names, or takes the tag from them; 404 if one is not there, and nothing is changed. */
        void set(long tenant, Tag tag, List<String> named, boolean has);

        /** The tag is called otherwise, or is gone. */
        void renamed(long tenant, Tag from, @Nullable String to);
    }

    @Override
    public void routes(Routes routes) {
        routes.get("/", Role.VIEWER, this::list)
                .post("/", Role.OPERATOR, this::create)
                .get("/{id}", Role.VIEWER, this::get)
                .put("/{id}", Role.OPERATOR, this::change)
                .delete("/{id}", Role.OPERATOR, this::delete)
                .get("/{id}/assigned", Role.VIEWER, this::assigned)
                .post("/{id}/assigned", Role.OPERATOR, (request, response) -> many(request, response, true))
                .delete("/{id}/assigned", Role.OPERATOR, (request, response) -> many(request, response, false))
                .post("/{id}/assigned/{one}", Role.OPERATOR, (request, response) -> one(request, response, true))
                .delete("/{id}/assigned/{one}", Role.OPERATOR, (request, response) -> one(request, response, false));
    }

    private void list(ServerRequest request, ServerResponse response) {
        Links links = Links.of(request);
        HawkbitJson.sendJson(
                response,
                200,
                store.rows()
                        .page(
                                Listing.of(request),
                                tag -> view(tag, path, links, false),
                                Caller.of(request).tenant()));
    }

    private void create(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        List<Tag> wanted = RequestBody.list(request).stream()
                .map(body -> new Tag(
                        0,
                        RequestBody.text(body, "name", 64),
                        RequestBody.textOr(body, "description", null, 512),
                        RequestBody.textOr(body, "colour", null, 16),
                        Stamp.by(caller.name())))
                .toList();
        Fleet.checkTags(wanted.stream().map(Tag::name).toList());
        Links links = Links.of(request);
        ArrayNode created = HawkbitJson.array();
        store.add(caller.tenant(), wanted).forEach(tag -> created.add(view(tag, path, links, false)));
        HawkbitJson.sendJson(response, 201, created);
    }

    private void get(ServerRequest request, ServerResponse response) {
        HawkbitJson.sendJson(response, 200, view(tag(request), path, Links.of(request), true));
    }

    private void change(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        Tag before = tag(request);
        JsonNode body = RequestBody.body(request);
        String name = Objects.requireNonNull(RequestBody.textOr(body, "name", before.name(), 64));
        Fleet.checkTags(List.of(name));
        store.change(
                caller.tenant(),
                new Tag(
                        before.key(),
                        name,
                        RequestBody.textOr(body, "description", before.description(), 512),
                        RequestBody.textOr(body, "colour", before.colour(), 16),
                        before.stamp().changedBy(caller.name())));
        if (!name.equals(before.name())) {
            tagged.renamed(caller.tenant(), before, name);
        }
        HawkbitJson.sendJson(response, 200, view(tag(request), path, Links.of(request), true));
    }

    private void delete(ServerRequest request, ServerResponse response) {
        Tag tag = tag(request);
        tagged.renamed(Caller.of(request).tenant(), tag, null);
        store.remove(tag);
        response.status(204).send();
    }

    private void assigned(ServerRequest request, ServerResponse response) {
        tagged.send(request, response, tag(request));
    }

    private void many(ServerRequest request, ServerResponse response, boolean has) {
        Tag tag = tag(request);
        tagged.set(Caller.of(request).tenant(), tag, RequestBody.names(request, "controllerId"), has);
        response.status(204).send();
    }

    private void one(ServerRequest request, ServerResponse response, boolean has) {
        Tag tag = tag(request);
        String named = request.path().pathParameters().get("one");
        tagged.set(Caller.of(request).tenant(), tag, List.of(named), has);
        response.status(204).send();
    }

    private Tag tag(ServerRequest request) {
        return store.get(Caller.of(request).tenant(), RequestBody.key(request, "id"));
    }

    /** @param full with the link to those that have it */
    static ObjectNode view(Tag tag, String path, Links links, boolean full) {
        ObjectNode view = HawkbitJson.object().put("id", tag.key()).put("name", tag.name());
        if (tag.description() != null) {
            view.put("description", tag.description());
        }
        if (tag.colour() != null) {
            view.put("colour", tag.colour());
        }
        tag.stamp().put(view);
        String self = "/rest/v1/" + path + "/" + tag.key();
        links.add(view, "self", self);
        if (full) {
            links.add(
                    view,
                    path.equals("targettags") ? "assignedTargets" : "assignedDistributionSets",
                    self + "/assigned?offset=0&limit=50");
        }
        return view;
    }
}
