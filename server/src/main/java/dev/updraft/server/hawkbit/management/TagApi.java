package dev.updraft.server.hawkbit.management;

import dev.updraft.server.access.Caller;
import dev.updraft.server.access.OperatorApi;
import dev.updraft.server.access.Role;
import dev.updraft.server.access.Routes;
import dev.updraft.server.fleet.Device;
import dev.updraft.server.fleet.Fleet;
import dev.updraft.server.hawkbit.ddi.HawkbitJson;
import dev.updraft.server.hawkbit.ddi.Links;
import dev.updraft.server.http.Problem;
import dev.updraft.server.store.Database;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /rest/v1/targettags}: what hawkBit adds to a tag of Updraft's: a number, a colour, a description. */
final class TagApi implements OperatorApi {
    private final Database database;
    private final Fleet fleet;
    private final TargetViews targetViews;
    private final TargetListing listing;

    TagApi(ApiContext parts) {
        this.database = parts.database();
        this.fleet = parts.fleet();
        this.targetViews = new TargetViews(parts.hawkbit().targets(), parts.updates());
        this.listing = new TargetListing(parts);
    }

    @Override
    public void routes(Routes routes) {
        routes.get("/", Role.VIEWER, this::list)
                .post("/", Role.OPERATOR, this::create)
                .get("/{id}", Role.VIEWER, this::get)
                .delete("/{id}", Role.OPERATOR, this::delete)
                .get("/{id}/assigned", Role.VIEWER, this::assigned)
                .post("/{id}/assigned", Role.OPERATOR, this::assignAll)
                .post("/{id}/assigned/{target}", Role.OPERATOR, this::assign)
                .delete("/{id}/assigned/{target}", Role.OPERATOR, this::unassign);
    }

    private record Tag(
            long key,
            String name,
            @Nullable String description,
            @Nullable String colour,
            long created) {}

    private List<Tag> all(long tenant) {
        return database.read(handle -> handle.createQuery("SELECT * FROM target_tag WHERE tenant = ? ORDER BY key")
                .bind(0, tenant)
                .map((rs, context) -> new Tag(
                        rs.getLong("key"),
                        rs.getString("name"),
                        rs.getString("description"),
                        rs.getString("colour"),
                        rs.getLong("created")))
                .list());
    }

    private Tag tag(ServerRequest request, long tenant) {
        long key = RequestBody.key(request, "id");
        return all(tenant).stream()
                .filter(tag -> tag.key() == key)
                .findFirst()
                .orElseThrow(() -> Problem.notFound("There is no target tag " + RequestBody.id(request) + "."));
    }

    private static ObjectNode view(Tag tag, Links links) {
        ObjectNode view = HawkbitJson.object()
                .put("id", tag.key())
                .put("name", tag.name())
                .put("description", tag.description())
                .put("colour", tag.colour())
                .put("createdAt", tag.created())
                .put("lastModifiedAt", tag.created());
        links.add(view, "self", "/rest/v1/targettags/" + tag.key());
        links.add(view, "assignedTargets", "/rest/v1/targettags/" + tag.key() + "/assigned?offset=0&limit=50");
        return view;
    }

    private void list(ServerRequest request, ServerResponse response) {
        long tenant = Caller.of(request).tenant();
        Links links = Links.of(request);
        HawkbitJson.sendJson(
                response, 200, Listing.of(request).of(all(tenant).stream().map(tag -> view(tag, links))));
    }

    private void create(ServerRequest request, ServerResponse response) {
        long tenant = Caller.of(request).tenant();
        long now = System.currentTimeMillis();
        List<Tag> wanted = RequestBody.list(request).stream()
                .map(body -> new Tag(
                        0,
                        RequestBody.text(body, "name"),
                        RequestBody.textOr(body, "description", null),
                        RequestBody.textOr(body, "colour", null),
                        now))
                .toList();
        Fleet.checkTags(wanted.stream().map(Tag::name).toList());
        List<String> names = wanted.stream().map(Tag::name).toList();
        database.change(handle -> {
            for (Tag tag : wanted) {
                int added = handle.execute(
                        "INSERT INTO target_tag (tenant, name, description, colour, created) VALUES (?, ?, ?, ?, ?)"
                                + " ON CONFLICT DO NOTHING",
                        tenant,
                        tag.name(),
                        tag.description(),
                        tag.colour(),
                        tag.created());
                if (added == 0) {
                    throw Problem.conflict("There is a target tag '" + tag.name() + "' already.");
                }
            }
        });
        Links links = Links.of(request);
        ArrayNode created = HawkbitJson.array();
        all(tenant).stream().filter(tag -> names.contains(tag.name())).forEach(tag -> created.add(view(tag, links)));
        HawkbitJson.sendJson(response, 201, created);
    }

    private void get(ServerRequest request, ServerResponse response) {
        long tenant = Caller.of(request).tenant();
        HawkbitJson.sendJson(response, 200, view(tag(request, tenant), Links.of(request)));
    }

    private void delete(ServerRequest request, ServerResponse response) {
        long tenant = Caller.of(request).tenant();
        Tag tag = tag(request, tenant);
        fleet.all(tenant).forEach(device -> set(device, tag.name(), false));
        database.change(handle -> handle.execute("DELETE FROM target_tag WHERE key = ?", tag.key()));
        response.status(204).send();
    }

    private void assigned(ServerRequest request, ServerResponse response) {
        long tenant = Caller.of(request).tenant();
        Tag tag = tag(request, tenant);
        listing.send(request, response, device -> device.tags().contains(tag.name()));
    }

    private void assignAll(ServerRequest request, ServerResponse response) {
        long tenant = Caller.of(request).tenant();
        Tag tag = tag(request, tenant);
        List<Device> devices = RequestBody.list(request).stream()
                .map(body ->
                        fleet.get(tenant, body.isString() ? body.asString() : RequestBody.text(body, "controllerId")))
                .toList();
        devices.forEach(device -> set(device, tag.name(), true));
        Links links = Links.of(request);
        ArrayNode answer = HawkbitJson.array();
        devices.forEach(device -> answer.add(targetViews.of(device, links)));
        HawkbitJson.sendJson(response, 200, answer);
    }

    private void assign(ServerRequest request, ServerResponse response) {
        one(request, true);
        response.status(204).send();
    }

    private void unassign(ServerRequest request, ServerResponse response) {
        one(request, false);
        response.status(204).send();
    }

    private void one(ServerRequest request, boolean has) {
        long tenant = Caller.of(request).tenant();
        String target = Objects.requireNonNull(request.path().pathParameters().get("target"));
        set(fleet.get(tenant, target), tag(request, tenant).name(), has);
    }

    private void set(Device device, String tag, boolean has) {
        fleet.exclusively(device, () -> {
            if (device.tags().contains(tag) != has) {
                List<String> tags = new ArrayList<>(device.tags());
                if (has) {
                    tags.add(tag);
                } else {
                    tags.remove(tag);
                }
                fleet.tag(device, tags);
            }
        });
    }
}
