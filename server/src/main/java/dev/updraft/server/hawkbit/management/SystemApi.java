package dev.updraft.server.hawkbit.management;

import dev.updraft.server.access.Caller;
import dev.updraft.server.access.OperatorApi;
import dev.updraft.server.access.Operators;
import dev.updraft.server.access.Role;
import dev.updraft.server.access.Routes;
import dev.updraft.server.hawkbit.ddi.HawkbitJson;
import dev.updraft.server.hawkbit.ddi.Links;
import dev.updraft.server.hawkbit.ddi.Refusal;
import dev.updraft.server.hawkbit.ddi.Settings;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /rest/v1/system/configs} and {@code /rest/v1/userinfo}. */
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
                .put("/system/configs", Role.ADMIN, this::setAll)
                .get("/system/configs/{key}", Role.ADMIN, this::get)
                .put("/system/configs/{key}", Role.ADMIN, this::set)
                .delete("/system/configs/{key}", Role.ADMIN, this::unset)
                .get("/userinfo", Role.VIEWER, this::user);
    }

    private void all(ServerRequest request, ServerResponse response) {
        long tenant = Caller.of(request).tenant();
        Links links = Links.of(request);
        ObjectNode all = HawkbitJson.object();
        settings.all(tenant).forEach((name, value) -> {
            ObjectNode view = view(tenant, name, value);
            // In a map hawkBit writes links as a list.
            view.putArray("links").addObject().put("rel", "self").put("href", links.origin() + path(name));
            all.set(name, view);
        });
        HawkbitJson.sendJson(response, 200, all);
    }

    private ObjectNode view(long tenant, String name, JsonNode value) {
        ObjectNode view = HawkbitJson.object();
        view.set("value", value);
        view.put("global", !settings.isSet(tenant, name));
        Settings.By by = settings.by(tenant, name);
        return by == null ? view : new Stamp(by.creator(), by.created(), by.changer(), by.changed()).put(view);
    }

    private static String path(String name) {
        return "/rest/v1/system/configs/" + name;
    }

    /** The gateway's token is a secret, so that no one but an admin reads settings. */
    private void get(ServerRequest request, ServerResponse response) {
        long tenant = Caller.of(request).tenant();
        String name = key(request);
        ObjectNode view = view(tenant, name, settings.get(tenant, name));
        Links.of(request).add(view, "self", path(name));
        HawkbitJson.sendJson(response, 200, view);
    }

    private void set(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        String name = key(request);
        JsonNode value = RequestBody.body(request).path("value");
        settings.get(caller.tenant(), name);
        if (!value.isValueNode()) {
            throw Refusal.NOT_READABLE.of("'value' is missing.");
        }
        settings.set(caller.tenant(), Map.of(name, value), caller.name());
        response.status(204).send();
    }

    private void setAll(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        JsonNode body = RequestBody.body(request);
        if (!body.isObject()) {
            throw Refusal.NOT_READABLE.of("The body must be an object of settings.");
        }
        Map<String, JsonNode> values = new LinkedHashMap<>();
        body.properties().forEach(one -> values.put(one.getKey(), one.getValue()));
        settings.set(caller.tenant(), values, caller.name());
        response.status(204).send();
    }

    private void unset(ServerRequest request, ServerResponse response) {
        settings.unset(Caller.of(request).tenant(), key(request));
        response.status(204).send();
    }

    private static String key(ServerRequest request) {
        return request.path().pathParameters().get("key");
    }

    private void user(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        ObjectNode body = HawkbitJson.object()
                .put("tenant", tenants.name(caller.tenant()))
                .put("username", caller.name());
        body.putArray("permissions").add(caller.role().label());
        HawkbitJson.sendJson(response, 200, body);
    }
}
