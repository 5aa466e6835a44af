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
import dev.updraft.server.hawkbit.ddi.Refusal;
import dev.updraft.server.http.Problem;
import dev.updraft.server.rollout.Action;
import dev.updraft.server.rollout.Actions;
import dev.updraft.server.rollout.DeviceUpdates;
import dev.updraft.server.rollout.InstallMode;
import dev.updraft.server.rollout.Update;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /rest/v1/targets/{id}/actions} and {@code /rest/v1/actions}: updates of devices. */
final class ActionApi implements OperatorApi {
    /** What lines can be sorted by: all of them put them in the same order. */
    private static final Set<String> FIELDS = Set.of("id", "timestamp", "reportedat", "createdat");

    private final Fleet fleet;
    private final DeviceUpdates updates;
    private final Actions actions;
    private final ActionLog log;
    private final ActionRows rows;
    private final ActionViews views;

    ActionApi(ApiContext parts) {
        this.fleet = parts.fleet();
        this.updates = parts.updates();
        this.actions = parts.hawkbit().actions();
        this.log = parts.hawkbit().log();
        this.rows = new ActionRows(parts.database());
        this.views = new ActionViews(parts);
    }

    @Override
    public void routes(Routes routes) {
        String one = "/targets/{id}/actions/{action}";
        routes.get("/actions", Role.VIEWER, this::all)
                .get("/actions/{action}", Role.VIEWER, this::any)
                .delete("/actions", Role.OPERATOR, ActionApi::keepAll)
                .delete("/actions/{action}", Role.OPERATOR, this::keepOne)
                .get("/targets/{id}/actions", Role.VIEWER, this::list)
                .delete("/targets/{id}/actions", Role.OPERATOR, this::keepOf)
                .get(one, Role.VIEWER, this::get)
                .put(one, Role.OPERATOR, this::force)
                .delete(one, Role.OPERATOR, this::cancel)
                .put(one + "/confirmation", Role.OPERATOR, this::confirm)
                .get(one + "/status", Role.VIEWER, this::status);
    }

    private static void keepAll(ServerRequest request, ServerResponse response) {
        if (request.query().first("q").orElse("").isBlank()
                && !request.content().hasEntity()) {
            throw Refusal.NOT_READABLE.of("Say which actions, with 'q' or as a list of their numbers.");
        }
        throw kept();
    }

    private void keepOf(ServerRequest request, ServerResponse response) {
        device(request);
        throw kept();
    }

    private void keepOne(ServerRequest request, ServerResponse response) {
        rows.get(Caller.of(request).tenant(), RequestBody.key(request, "action"));
        throw kept();
    }

    private static Problem kept() {
        return Problem.notImplemented(
                "The history of updates is not deleted piece by piece: it says what a device was given"
                        + " and how that ended. It goes with its target. Nothing was changed.");
    }

    private void all(ServerRequest request, ServerResponse response) {
        long tenant = Caller.of(request).tenant();
        Listing listing = Listing.of(request);
        Links links = Links.of(request);
        HawkbitJson.sendJson(
                response,
                200,
                rows.ofTenant().page(listing, row -> views.of(tenant, row, links, listing.full()), tenant));
    }

    private void any(ServerRequest request, ServerResponse response) {
        long tenant = Caller.of(request).tenant();
        ActionRows.Row row = rows.get(tenant, RequestBody.key(request, "action"));
        HawkbitJson.sendJson(response, 200, views.of(tenant, row, Links.of(request), true));
    }

    private void list(ServerRequest request, ServerResponse response) {
        Device device = device(request);
        Listing listing = Listing.of(request);
        Links links = Links.of(request);
        HawkbitJson.sendJson(
                response,
                200,
                rows.ofDevice()
                        .page(listing, row -> views.of(device.tenant(), row, links, listing.full()), device.key()));
    }

    private void get(ServerRequest request, ServerResponse response) {
        send(request, response, device(request));
    }

    private void send(ServerRequest request, ServerResponse response, Device device) {
        Action action = action(request, device);
        ActionRows.Row row = rows.get(device.tenant(), action.key());
        HawkbitJson.sendJson(response, 200, views.of(device.tenant(), row, Links.of(request), true));
    }

    /** A soft action is from now on forced; the other way round would take back what the device may have begun. */
    private void force(ServerRequest request, ServerResponse response) {
        Device device = device(request);
        JsonNode body = RequestBody.body(request);
        RequestBody.requireKnown(body, Set.of("forceType"), "an action");
        InstallMode.Type type = Assignment.type(RequestBody.text(body, "forceType"));
        fleet.exclusively(device, () -> {
            Update update = action(request, device).update();
            if (type != InstallMode.Type.FORCED) {
                throw Refusal.CONSTRAINT.of("An action can only be made forced.");
            }
            if (update.isOpen() && update.mode().typeOr() != type) {
                updates.force(device, update);
            }
        });
        send(request, response, device);
    }

    private void cancel(ServerRequest request, ServerResponse response) {
        Device device = device(request);
        boolean force = request.query().first("force").orElse("").equals("true");
        fleet.exclusively(device, () -> {
            Update update = action(request, device).update();
            boolean cancelling = update.state() == Update.State.CANCELLING;
            if (!update.isOpen() || cancelling != force) {
                throw force
                        ? Refusal.NOT_FORCEABLE.of("Only an action that is being cancelled can be forced to end.")
                        : Refusal.NOT_CANCELABLE.of(
                                update.isOpen() ? "The action is being cancelled already." : "The action is over.");
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

    /** An operator agrees in the place of somebody at the device, or does not. */
    private void confirm(ServerRequest request, ServerResponse response) {
        Device device = device(request);
        String by = Caller.of(request).name();
        JsonNode body = RequestBody.body(request);
        RequestBody.requireKnown(body, Set.of("confirmation", "code", "details"), "a confirmation");
        String answer = RequestBody.text(body, "confirmation").toLowerCase(Locale.ROOT);
        if (!answer.equals("confirmed") && !answer.equals("denied")) {
            throw Refusal.NOT_READABLE.of("'confirmation' is confirmed or denied.");
        }
        Long code = RequestBody.numberOr(body, "code", null);
        List<String> said = new ArrayList<>();
        body.path("details").forEach(detail -> said.add(detail.asString()));
        said.add(ActionLog.SERVER + "Operator '" + by + "' " + answer + " the action.");
        fleet.exclusively(device, () -> {
            Update update = action(request, device).update();
            if (!update.isOpen()) {
                throw Problem.gone("The action is over.");
            }
            if (update.state() != Update.State.AWAITING_CONSENT) {
                throw Refusal.CONFIRMATION.of("The action does not wait for confirmation.");
            }
            boolean agreed = answer.equals("confirmed");
            updates.move(
                    device,
                    update,
                    agreed ? Update.State.OFFERED : Update.State.AWAITING_CONSENT,
                    null,
                    handle -> log.add(
                            handle,
                            device.key(),
                            update.action(),
                            agreed ? "running" : "wait_for_confirmation",
                            code,
                            said));
        });
        response.send();
    }

    private void status(ServerRequest request, ServerResponse response) {
        Device device = device(request);
        Action action = action(request, device);
        Listing listing = Listing.of(request);
        if (!listing.q().isBlank()) {
            throw Listing.noField(listing.q());
        }
        boolean oldestFirst = false;
        for (Listing.By by : listing.order()) {
            if (!FIELDS.contains(by.field().toLowerCase(Locale.ROOT))) {
                throw Listing.noSort(by.field());
            }
            oldestFirst = !by.down();
        }
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
