package dev.updraft.server.hawkbit.management;

import dev.updraft.server.access.Caller;
import dev.updraft.server.access.OperatorApi;
import dev.updraft.server.access.Role;
import dev.updraft.server.access.Routes;
import dev.updraft.server.hawkbit.ddi.HawkbitJson;
import dev.updraft.server.hawkbit.ddi.Links;
import dev.updraft.server.hawkbit.ddi.Refusal;
import dev.updraft.server.hawkbit.management.Types.Kind;
import dev.updraft.server.http.Problem;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /rest/v1/softwaremoduletypes}, {@code /distributionsettypes} and {@code /targettypes}. */
final class TypeApi implements OperatorApi {
    private final Types types;
    private final Kind kind;
    private final Rows<Types.Type> rows;

    TypeApi(ApiContext parts, Kind kind) {
        this.types = parts.types();
        this.kind = kind;
        this.rows = new Rows<>(
                parts.database(),
                "t.*",
                kind.table + " t WHERE t.tenant = ? AND t.deleted = 0",
                "t.key",
                this::field,
                (rs, context) -> Types.read(rs, kind));
    }

    private Rows.@Nullable Field field(String name) {
        return switch (name) {
            case "key" -> Rows.Field.text("t.type_key");
            case "colour" -> Rows.Field.text("t.colour");
            case "maxassignments" -> kind == Kind.MODULE ? Rows.Field.number("t.most") : null;
            default -> Rows.usual(name, "t");
        };
    }

    @Override
    public void routes(Routes routes) {
        routes.get("/", Role.VIEWER, this::list)
                .post("/", Role.OPERATOR, this::create)
                .get("/{id}", Role.VIEWER, this::get)
                .put("/{id}", Role.OPERATOR, this::change)
                .delete("/{id}", Role.OPERATOR, this::delete);
        if (kind == Kind.SET) {
            parts(routes, "/{id}/mandatorymoduletypes", true);
            parts(routes, "/{id}/optionalmoduletypes", false);
        } else if (kind == Kind.TARGET) {
            routes.get("/{id}/compatibledistributionsettypes", Role.VIEWER, this::taken)
                    .post("/{id}/compatibledistributionsettypes", Role.OPERATOR, this::take)
                    .delete("/{id}/compatibledistributionsettypes/{part}", Role.OPERATOR, this::takeNot);
        }
    }

    private void parts(Routes routes, String path, boolean mandatory) {
        routes.get(path, Role.VIEWER, (request, response) -> parts(request, response, mandatory))
                .post(path, Role.OPERATOR, (request, response) -> addPart(request, response, mandatory))
                .get(path + "/{part}", Role.VIEWER, (request, response) -> part(request, response, mandatory))
                .delete(
                        path + "/{part}",
                        Role.OPERATOR,
                        (request, response) -> removePart(request, response, mandatory));
    }

    private void list(ServerRequest request, ServerResponse response) {
        long tenant = Caller.of(request).tenant();
        types.begin(tenant);
        Links links = Links.of(request);
        HawkbitJson.sendJson(
                response, 200, rows.page(Listing.of(request), type -> view(kind, type, links, false), tenant));
    }

    private void create(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        List<JsonNode> bodies = RequestBody.list(request);
        List<Types.Type> wanted = new ArrayList<>();
        for (JsonNode body : bodies) {
            String name = kind == Kind.TARGET
                    ? RequestBody.textOr(body, "name", RequestBody.textOr(body, "key", null, 64), 128)
                    : RequestBody.text(body, "name", 128);
            String key =
                    kind == Kind.TARGET ? RequestBody.textOr(body, "key", name, 64) : RequestBody.text(body, "key", 64);
            if (name == null || key == null) {
                throw Refusal.CONSTRAINT.of("A target type needs a 'key' or a 'name'.");
            }
            long most = kind == Kind.MODULE ? RequestBody.number(body, "maxAssignments") : 0;
            Long least = RequestBody.numberOr(body, "minArtifacts", 0L);
            if (kind == Kind.MODULE && (most < 1 || most > Integer.MAX_VALUE || least == null || least < 0)) {
                throw Refusal.CONSTRAINT.of("'maxAssignments' is at least 1, and 'minArtifacts' is not negative.");
            }
            wanted.add(new Types.Type(
                    0,
                    key,
                    name,
                    RequestBody.textOr(body, "description", null, 512),
                    RequestBody.textOr(body, "colour", null, 16),
                    least == null ? 0 : least,
                    most,
                    false,
                    Stamp.by(caller.name())));
        }
        bodies.forEach(body -> checkParts(caller.tenant(), body));
        List<Types.Type> added = types.add(caller.tenant(), kind, wanted, (handle, i, key) -> {
            JsonNode body = bodies.get(i);
            body.path("mandatorymodules").forEach(part -> Types.addPart(handle, key, number(part), true));
            body.path("optionalmodules").forEach(part -> Types.addPart(handle, key, number(part), false));
            body.path("compatibledistributionsettypes")
                    .forEach(part -> handle.execute(
                            "INSERT INTO target_type_part (type, part) VALUES (?, ?) ON CONFLICT DO NOTHING",
                            key,
                            number(part)));
        });
        Links links = Links.of(request);
        ArrayNode created = HawkbitJson.array();
        added.forEach(type -> created.add(view(kind, type, links, false)));
        HawkbitJson.sendJson(response, 201, created);
    }

    private void checkParts(long tenant, JsonNode body) {
        body.path("mandatorymodules").forEach(part -> types.get(tenant, Kind.MODULE, number(part)));
        body.path("optionalmodules").forEach(part -> types.get(tenant, Kind.MODULE, number(part)));
        body.path("compatibledistributionsettypes").forEach(part -> types.get(tenant, Kind.SET, number(part)));
    }

    private static long number(JsonNode part) {
        return RequestBody.number(part, "id");
    }

    private void get(ServerRequest request, ServerResponse response) {
        HawkbitJson.sendJson(response, 200, view(kind, type(request), Links.of(request), true));
    }

    private void change(ServerRequest request, ServerResponse response) {
        Types.Type type = type(request);
        JsonNode body = RequestBody.body(request);
        types.change(
                kind,
                type,
                kind == Kind.TARGET ? RequestBody.textOr(body, "name", null, 128) : null,
                RequestBody.textOr(body, "description", null, 512),
                RequestBody.textOr(body, "colour", null, 16),
                Caller.of(request).name());
        HawkbitJson.sendJson(response, 200, view(kind, type(request), Links.of(request), true));
    }

    private void delete(ServerRequest request, ServerResponse response) {
        types.remove(Caller.of(request).tenant(), kind, type(request));
        response.status(204).send();
    }

    private void parts(ServerRequest request, ServerResponse response, boolean mandatory) {
        Links links = Links.of(request);
        ArrayNode parts = HawkbitJson.array();
        types.parts(type(request)).stream()
                .filter(part -> part.mandatory() == mandatory)
                .filter(part -> !part.type().deleted())
                .forEach(part -> parts.add(view(Kind.MODULE, part.type(), links, false)));
        HawkbitJson.sendJson(response, 200, parts);
    }

    private Types.Type foundPart(ServerRequest request, boolean mandatory) {
        long key = RequestBody.key(request, "part");
        return types.parts(type(request)).stream()
                .filter(part -> part.mandatory() == mandatory && part.type().key() == key)
                .map(Types.Part::type)
                .findFirst()
                .orElseThrow(() -> Problem.notFound("The type takes no such module type."));
    }

    private void part(ServerRequest request, ServerResponse response, boolean mandatory) {
        HawkbitJson.sendJson(response, 200, view(Kind.MODULE, foundPart(request, mandatory), Links.of(request), true));
    }

    private void addPart(ServerRequest request, ServerResponse response, boolean mandatory) {
        Types.Type type = type(request);
        requireUnused(request, type);
        Types.Type part = types.get(
                Caller.of(request).tenant(), Kind.MODULE, RequestBody.number(RequestBody.body(request), "id"));
        types.run(handle -> Types.addPart(handle, type.key(), part.key(), mandatory));
        response.status(204).send();
    }

    private void removePart(ServerRequest request, ServerResponse response, boolean mandatory) {
        Types.Type type = type(request);
        requireUnused(request, type);
        long part = foundPart(request, mandatory).key();
        types.run(handle ->
                handle.execute("DELETE FROM distribution_set_type_part WHERE type = ? AND part = ?", type.key(), part));
        response.status(204).send();
    }

    /** What sets were made by must not change under them. */
    private void requireUnused(ServerRequest request, Types.Type type) {
        if (types.isUsed(Caller.of(request).tenant(), kind, type)) {
            throw Problem.forbidden("There are distribution sets of the type '" + type.name() + "'; it cannot change.");
        }
    }

    private void taken(ServerRequest request, ServerResponse response) {
        Links links = Links.of(request);
        ArrayNode taken = HawkbitJson.array();
        types.taken(type(request).key()).forEach(one -> taken.add(view(Kind.SET, one, links, false)));
        HawkbitJson.sendJson(response, 200, taken);
    }

    private void take(ServerRequest request, ServerResponse response) {
        Types.Type type = type(request);
        long tenant = Caller.of(request).tenant();
        List<Types.Type> taken = RequestBody.list(request).stream()
                .map(body -> types.get(tenant, Kind.SET, number(body)))
                .toList();
        types.run(handle -> taken.forEach(one -> handle.execute(
                "INSERT INTO target_type_part (type, part) VALUES (?, ?) ON CONFLICT DO NOTHING",
                type.key(),
                one.key())));
        response.status(204).send();
    }

    private void takeNot(ServerRequest request, ServerResponse response) {
        Types.Type type = type(request);
        long part = RequestBody.key(request, "part");
        types.run(
                handle -> handle.execute("DELETE FROM target_type_part WHERE type = ? AND part = ?", type.key(), part));
        response.status(204).send();
    }

    private Types.Type type(ServerRequest request) {
        return types.get(Caller.of(request).tenant(), kind, RequestBody.key(request, "id"));
    }

    static ObjectNode view(Kind kind, Types.Type type, Links links, boolean full) {
        ObjectNode view = HawkbitJson.object()
                .put("id", type.key())
                .put("key", type.typeKey())
                .put("name", type.name())
                .put("deleted", type.deleted());
        type.stamp().put(view);
        if (type.description() != null) {
            view.put("description", type.description());
        }
        if (type.colour() != null) {
            view.put("colour", type.colour());
        }
        if (kind == Kind.MODULE) {
            view.put("maxAssignments", type.most()).put("minArtifacts", type.least());
        }
        String self = "/rest/v1/" + kind.path + "/" + type.key();
        links.add(view, "self", self);
        if (full && kind == Kind.SET) {
            links.add(view, "mandatorymodules", self + "/mandatorymoduletypes");
            links.add(view, "optionalmodules", self + "/optionalmoduletypes");
        } else if (full && kind == Kind.TARGET) {
            links.add(view, "compatibledistributionsettypes", self + "/compatibledistributionsettypes");
        }
        return view;
    }
}
