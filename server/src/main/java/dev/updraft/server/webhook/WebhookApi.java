package dev.updraft.server.webhook;

import dev.updraft.server.access.Caller;
import dev.updraft.server.access.OperatorApi;
import dev.updraft.server.access.Role;
import dev.updraft.server.access.Routes;
import dev.updraft.server.event.EventType;
import dev.updraft.server.http.Json;
import dev.updraft.server.http.Problem;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code /api/v1/webhooks}. Only admins: whoever sets an address makes the server send there. */
public final class WebhookApi implements OperatorApi {
    private final Webhooks webhooks;

    public WebhookApi(Webhooks webhooks) {
        this.webhooks = webhooks;
    }

    @Override
    public void routes(Routes routes) {
        routes.post("/", Role.ADMIN, this::create)
                .get("/", Role.ADMIN, this::list)
                .delete("/{id}", Role.ADMIN, this::remove);
    }

    record NewWebhook(String name, String url, @Nullable List<String> types) {}

    record WebhookList(List<Webhook> webhooks) {}

    private void create(ServerRequest request, ServerResponse response) {
        long tenant = Caller.of(request).tenant();
        NewWebhook wanted = Json.read(request, NewWebhook.class);
        if (!wanted.name().matches("[\\p{L}\\p{N} ._@-]{1,64}")) {
            throw Problem.badRequest("A webhook needs a name of 1 to 64 letters, digits or . _ @ -.");
        }
        webhooks.targets().require(wanted.url());
        List<String> types = wanted.types() == null ? List.of() : wanted.types();
        for (String type : types) {
            if (EventType.ofLabel(type) == null) {
                throw Problem.badRequest("There are no events '" + type + "'; there are " + EventType.labels() + ".");
            }
        }
        Json.send(response, 201, webhooks.create(tenant, wanted.name(), wanted.url(), types));
    }

    private void list(ServerRequest request, ServerResponse response) {
        long tenant = Caller.of(request).tenant();
        Json.send(response, 200, new WebhookList(webhooks.all(tenant)));
    }

    private void remove(ServerRequest request, ServerResponse response) {
        long tenant = Caller.of(request).tenant();
        String id = request.path().pathParameters().get("id");
        webhooks.remove(tenant, id.matches("\\d{1,18}") ? Long.parseLong(id) : -1);
        response.status(204).send();
    }
}
