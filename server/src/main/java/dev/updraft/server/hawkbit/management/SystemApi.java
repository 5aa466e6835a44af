package dev.updraft.server.hawkbit.management;

import dev.updraft.server.access.Caller;
import dev.updraft.server.access.OperatorApi;
import dev.updraft.server.access.Operators;
import dev.updraft.server.access.Role;
import dev.updraft.server.access.Routes;
import dev.updraft.server.hawkbit.ddi.HawkbitJson;
import dev.updraft.server.hawkbit.ddi.Links;
import dev.updraft.server.hawkbit.ddi.Settings;
import dev.updraft.server.http.Problem;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /rest/v1/system/configs}, {@code /rest/v1/userinfo}, and the types that modules and sets may have. */
final class SystemApi implements OperatorApi {
    private final Settings settings;
    private final Operators tenants;

    SystemApi(ApiContext parts) {
        this.tenants = parts.operators();
        this.settings = parts.hawkbit().settings();
    }

    @Override
    public void routes(Routes routes) {
        routes.get("/system/configs", Role.ADMIN, this::all)
                .get("/system/configs/{key}", Role.ADMIN, this::get)
                .put("/system/configs/{key}", Role.ADMIN, this::set)
                .get("/userinfo", Role.VIEWER, this::user)
                .get("/softwaremoduletypes", Role.VIEWER, (request, response) -> types(request, response, MODULES))
                .get(
                        "/softwaremoduletypes/{type}",
                        Role.VIEWER,
                        (request, response) -> type(request, response, MODULES))
                .get("/distributionsettypes", Role.VIEWER, (request, response) -> types(request, response, SETS))
                .get("/distributionsettypes/{type}", Role.VIEWER, (request, response) -> type(request, response, SETS));
    }

    static final List<String> MODULES = List.of("os", "runtime", "application");
    static final List<String> SETS = List.of("os", "app", "os_app");

    /** Links to what {@code key} is among {@code keys}, which are numbered from 1. */
    static void linkType(ObjectNode view, Links links, String kind, List<String> keys, String key) {
        links.add(view, "type", "/rest/v1/" + kind + "/" + (keys.indexOf(key) + 1));
    }

    private void all(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        ObjectNode all = HawkbitJson.object();
        settings.all(caller.tenant()).forEach((name, value) -> all.set(name, view(caller.tenant(), name, value)));
        HawkbitJson.sendJson(response, 200, all);
    }

    private ObjectNode view(long tenant, String name, JsonNode value) {
        ObjectNode view = HawkbitJson.object();
        view.set("value", value);
        return view.put("global", !settings.isSet(tenant, name));
    }

    /** The gateway's token is a secret, so that no one but an admin reads settings. */
    private void get(ServerRequest request, ServerResponse response) {
        long tenant = Caller.of(request).tenant();
        String name = request.path().pathParameters().get("key");
        HawkbitJson.sendJson(response, 200, view(tenant, name, settings.get(tenant, name)));
    }

    private void set(ServerRequest request, ServerResponse response) {
        long tenant = Caller.of(request).tenant();
        String name = request.path().pathParameters().get("key");
        JsonNode value = RequestBody.body(request).path("value");
        if (!value.isValueNode()) {
            throw Problem.badRequest("'value' is missing.");
        }
        settings.set(tenant, name, value);
        response.status(204).send();
    }

    private void user(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        ObjectNode body = HawkbitJson.object()
                .put("tenant", tenants.name(caller.tenant()))
                .put("username", caller.name());
        ArrayNode permissions = body.putArray("permissions");
        permissions.add(caller.role().label());
        HawkbitJson.sendJson(response, 200, body);
    }

    private void types(ServerRequest request, ServerResponse response, List<String> keys) {
        Caller.of(request);
        Stream<ObjectNode> types =
                Stream.iterate(1, i -> i <= keys.size(), i -> i + 1).map(i -> type(i, keys));
        HawkbitJson.sendJson(response, 200, Listing.of(request).of(types));
    }

    private void type(ServerRequest request, ServerResponse response, List<String> keys) {
        Caller.of(request);
        long number = RequestBody.key(request, "type");
        if (number < 1 || number > keys.size()) {
            throw Problem.notFound("There is no type " + number + ".");
        }
        HawkbitJson.sendJson(response, 200, type((int) number, keys));
    }

    private static ObjectNode type(int number, List<String> keys) {
        String key = keys.get(number - 1);
        return HawkbitJson.object()
                .put("id", number)
                .put("key", key)
                .put("name", key)
                .put("deleted", false);
    }
}
