package dev.updraft.server.hawkbit.management;

import dev.updraft.server.access.Caller;
import dev.updraft.server.filter.Filter;
import dev.updraft.server.fleet.CheckIn;
import dev.updraft.server.fleet.Device;
import dev.updraft.server.fleet.Fleet;
import dev.updraft.server.hawkbit.ddi.HawkbitJson;
import dev.updraft.server.hawkbit.ddi.Links;
import dev.updraft.server.hawkbit.ddi.Target;
import dev.updraft.server.hawkbit.ddi.Targets;
import dev.updraft.server.http.Page;
import dev.updraft.server.http.Problem;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Lists of targets: the fleet is looked over, and only a page of it is ever held and rendered. */
final class TargetListing {
    private final Fleet fleet;
    private final Targets targets;
    private final TargetViews views;

    TargetListing(ApiContext parts) {
        this.fleet = parts.fleet();
        this.targets = parts.hawkbit().targets();
        this.views = new TargetViews(targets, parts.updates());
    }

    /** Answers with the page that {@code request} asks for of the targets that {@code which} holds of. */
    void send(ServerRequest request, ServerResponse response, Predicate<Device> which) {
        long tenant = Caller.of(request).tenant();
        Listing listing = Listing.of(request);
        Predicate<Device> filter = which.and(Filter.parse(listing.q(), this::field));
        Comparator<Device> order = order(listing);
        long[] total = {0};
        List<Device> page = new Page(listing.offset(), listing.limit())
                .cut(fleet.all(tenant).stream().filter(filter).peek(device -> total[0]++), order);
        Links links = Links.of(request);
        ObjectNode answer = HawkbitJson.object();
        ArrayNode content = answer.putArray("content");
        page.forEach(device -> content.add(views.of(device, links)));
        HawkbitJson.sendJson(response, 200, Listing.sized(answer, content, total[0]));
    }

    private Comparator<Device> order(Listing listing) {
        Comparator<Device> byId = Comparator.comparing(Device::id);
        String sort = listing.sort();
        if (sort == null || sort.isBlank()) {
            return byId;
        }
        String[] parts = sort.split(",", 2)[0].split(":", 2);
        Function<Device, Collection<String>> field = field(parts[0].strip());
        Comparator<Device> order = Comparator.comparing(
                device -> field.apply(device).stream().findFirst().orElse(""), Filter::compare);
        boolean down =
                parts.length > 1 && parts[1].strip().toUpperCase(Locale.ROOT).equals("DESC");
        return (down ? order.reversed() : order).thenComparing(byId);
    }

    /** @throws Problem 400 if a target has no such field */
    private Function<Device, Collection<String>> field(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.startsWith("attribute.")) {
            String attribute = name.substring("attribute.".length());
            return device -> {
                CheckIn facts = device.facts();
                return facts == null ? List.of() : List.of(facts.attributes().getOrDefault(attribute, ""));
            };
        }
        return switch (lower) {
            case "id", "controllerid" -> device -> List.of(device.id());
            case "name" -> device -> List.of(orId(targets.get(device).name(), device));
            case "description" -> device -> orNone(targets.get(device));
            case "createdat", "lastmodifiedat" -> device -> List.of(Long.toString(device.created()));
            case "lastcontrollerrequestat" -> device -> List.of(Long.toString(device.seen()));
            case "updatestatus" -> device -> List.of(views.status(device));
            case "tag", "tag.name" -> Device::tags;
            case "version", "board" ->
                device -> {
                    CheckIn facts = device.facts();
                    return facts == null ? List.of() : List.of(lower.equals("board") ? facts.board() : facts.version());
                };
            // What no target of this server has.
            case "ipaddress",
                    "group",
                    "installedds.name",
                    "installedds.version",
                    "assignedds.name",
                    "assignedds.version",
                    "targettype.name",
                    "targettype.key" -> device -> List.of();
            default -> {
                if (lower.startsWith("metadata.")) {
                    yield device -> List.of();
                }
                throw Problem.badRequest("A target has no field '" + name
                        + "'; there are id, name, description, createdAt, lastControllerRequestAt, updateStatus, tag and"
                        + " attribute.NAME.");
            }
        };
    }

    private static String orId(@org.jspecify.annotations.Nullable String name, Device device) {
        return name == null ? device.id() : name;
    }

    private static List<String> orNone(Target target) {
        return target.description() == null ? List.of() : List.of(target.description());
    }
}
