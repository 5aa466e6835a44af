package dev.updraft.server.hawkbit.management;

import dev.updraft.server.access.Caller;
import dev.updraft.server.access.OperatorApi;
import dev.updraft.server.access.Role;
import dev.updraft.server.access.Routes;
import dev.updraft.server.fleet.Device;
import dev.updraft.server.fleet.Fleet;
import dev.updraft.server.hawkbit.ddi.ActionLog;
import dev.updraft.server.hawkbit.ddi.HawkbitJson;
import dev.updraft.server.hawkbit.ddi.Links;
import dev.updraft.server.http.Problem;
import dev.updraft.server.rollout.Action;
import dev.updraft.server.rollout.Actions;
import dev.updraft.server.rollout.DeviceUpdates;
import dev.updraft.server.rollout.Update;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /rest/v1/targets/{id}/actions} and {@code /rest/v1/actions}: updates of devices. */
final class ActionApi implements OperatorApi {
    private final Fleet fleet;
    private final DeviceUpdates updates;
    private final Actions actions;
    private final ActionLog log;
    private final ActionViews views;

    ActionApi(ApiContext parts) {
        this.fleet = parts.fleet();
        this.updates = parts.updates();
        this.actions = parts.hawkbit().actions();
        this.log = parts.hawkbit().log();
        this.views = new ActionViews(parts.releases(), parts.distributions());
    }

    @Override
    public void routes(Routes routes) {
        String one = "/targets/{id}/actions/{action}";
        routes.get("/actions", Role.VIEWER, this::all)
                .get("/targets/{id}/actions", Role.VIEWER, this::list)
                .get(one, Role.VIEWER, this::get)
                .delete(one, Role.OPERATOR, this::cancel)
                .get(one + "/status", Role.VIEWER, this::status);
    }

    private void all(ServerRequest request, ServerResponse response) {
        long tenant = Caller.of(request).tenant();
        Listing listing = Listing.of(request);
        Links links = Links.of(request);
        List<Action> page = actions.page(tenant, listing.offset(), listing.limit());
        Map<Long, Device> byKey = fleet.withKeys(
                tenant, page.stream().map(Action::device).distinct().toList());
        ObjectNode answer = HawkbitJson.object();
        ArrayNode content = answer.putArray("content");
        for (Action action : page) {
            Device device = byKey.get(action.device());
            if (device != null) {
                content.add(views.of(device, action, links));
            }
        }
        HawkbitJson.sendJson(response, 200, Listing.sized(answer, content, actions.count(tenant)));
    }

    private void list(ServerRequest request, ServerResponse response) {
        Device device = device(request);
        Links links = Links.of(request);
        HawkbitJson.sendJson(
                response,
                200,
                Listing.of(request).of(actions.of(device).stream().map(action -> views.of(device, action, links))));
    }

    private void get(ServerRequest request, ServerResponse response) {
        Device device = device(request);
        HawkbitJson.sendJson(response, 200, views.of(device, action(request, device), Links.of(request)));
    }

    private void cancel(ServerRequest request, ServerResponse response) {
        Device device = device(request);
        boolean force = request.query().first("force").orElse("").equals("true");
        fleet.exclusively(device, () -> {
            Update update = action(request, device).update();
            boolean cancelling = update.state() == Update.State.CANCELLING;
            if (!update.isOpen() || cancelling != force) {
                throw Problem.methodNotAllowed(
                        !update.isOpen()
                                ? "The action is over."
                                : force
                                        ? "Only an action that is being cancelled can be forced to end."
                                        : "The action is being cancelled already.");
            }
            Update.State to = force ? Update.State.CANCELLED : Update.State.CANCELLING;
            updates.move(device, update, to, null, handle -> {});
        });
        log.add(
                device.key(),
                RequestBody.key(request, "action"),
                force ? "canceled" : "canceling",
                force
                        ? ActionLog.SERVER + "A force quit has been performed."
                        : ActionLog.SERVER + "manual cancelation requested");
        response.status(204).send();
    }

    private void status(ServerRequest request, ServerResponse response) {
        Device device = device(request);
        Action action = action(request, device);
        Listing listing = Listing.of(request);
        boolean oldestFirst = String.valueOf(listing.sort())
                .toUpperCase(java.util.Locale.ROOT)
                .endsWith(":ASC");
        // The beginning of the action is a line as well, though it is not written down as one.
        long total = log.count(action.key()) + 1;
        long many = Math.clamp(total - listing.offset(), 0, listing.limit());
        long newer = oldestFirst ? total - listing.offset() - many : listing.offset();
        List<ObjectNode> lines = new ArrayList<>();
        if (many > 0) {
            log.of(action.key(), (int) newer, (int) many).forEach(line -> lines.add(ActionViews.line(line)));
            if (newer + many == total) {
                lines.add(ActionViews.beginning(action));
            }
        }
        ObjectNode answer = HawkbitJson.object();
        ArrayNode content = answer.putArray("content").addAll(oldestFirst ? lines.reversed() : lines);
        HawkbitJson.sendJson(response, 200, Listing.sized(answer, content, total));
    }

    private Device device(ServerRequest request) {
        return fleet.get(Caller.of(request).tenant(), RequestBody.id(request));
    }

    private Action action(ServerRequest request, Device device) {
        Action action = actions.find(device, RequestBody.key(request, "action"));
        if (action == null) {
            throw Problem.notFound("The target has no such action.");
        }
        return action;
    }
}
