package dev.updraft.server.hawkbit.management;

import dev.updraft.server.access.Caller;
import dev.updraft.server.filter.Filter;
import dev.updraft.server.fleet.CheckIn;
import dev.updraft.server.fleet.Device;
import dev.updraft.server.fleet.Digest;
import dev.updraft.server.fleet.Fleet;
import dev.updraft.server.hawkbit.ddi.HawkbitJson;
import dev.updraft.server.hawkbit.ddi.Links;
import dev.updraft.server.hawkbit.ddi.Metadata;
import dev.updraft.server.hawkbit.ddi.Settings;
import dev.updraft.server.hawkbit.ddi.Target;
import dev.updraft.server.hawkbit.ddi.Targets;
import dev.updraft.server.http.Page;
import dev.updraft.server.http.Problem;
import dev.updraft.server.release.Release;
import dev.updraft.server.release.Releases;
import dev.updraft.server.rollout.DeviceUpdates;
import dev.updraft.server.rollout.Update;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Targets by filter and by page: the fleet is looked over, and only a page of it is ever held and rendered. */
final class TargetListing {
    private final Fleet fleet;
    private final Targets targets;
    private final Settings settings;
    private final Metadata metadata;
    private final Types types;
    private final Releases releases;
    private final Distributions distributions;
    private final DeviceUpdates updates;
    private final TargetViews views;

    TargetListing(ApiContext parts) {
        this.fleet = parts.fleet();
        this.targets = parts.hawkbit().targets();
        this.settings = parts.hawkbit().settings();
        this.metadata = parts.hawkbit().metadata();
        this.types = parts.types();
        this.releases = parts.releases();
        this.distributions = parts.distributions();
        this.updates = parts.updates();
        this.views = new TargetViews(parts);
    }

    /** Answers with the page that {@code request} asks for of the targets that {@code which} holds of. */
    void send(ServerRequest request, ServerResponse response, Predicate<Device> which) {
        long tenant = Caller.of(request).tenant();
        Listing listing = Listing.of(request);
        Predicate<Device> filter = which.and(filter(tenant, listing.q()));
        long[] total = {0};
        List<Device> page = new Page(listing.offset(), listing.limit())
                .cut(fleet.all(tenant).stream().filter(filter).peek(device -> total[0]++), order(tenant, listing));
        Links links = Links.of(request);
        ObjectNode answer = HawkbitJson.object();
        ArrayNode content = answer.putArray("content");
        page.forEach(device -> content.add(views.of(device, links, false)));
        HawkbitJson.sendJson(response, 200, Listing.sized(answer, content, total[0]));
    }

    /**
     * hawkBit's filter of targets; what it compares with of sets and metadata is looked up once and not for each target.
     *
     * @throws Problem 400 if it is none, or names a field that a target has not
     */
    Predicate<Device> filter(long tenant, String q) {
        return Listing.filter(resolved(tenant, q), name -> field(tenant, name));
    }

    /** The moments that hawkBit's filters may name. */
    private String resolved(long tenant, String q) {
        if (q.indexOf('$') < 0) {
            return q;
        }
        long now = System.currentTimeMillis();
        long overdue = now - settings.expected(tenant).overdueMillis();
        return q.replace("${NOW_TS}", Long.toString(now))
                .replace("${now_ts}", Long.toString(now))
                .replace("${OVERDUE_TS}", Long.toString(overdue))
                .replace("${overdue_ts}", Long.toString(overdue));
    }

    private Comparator<Device> order(long tenant, Listing listing) {
        Comparator<Device> order = null;
        for (Listing.By by : listing.order()) {
            Function<Device, Collection<String>> field = sortable(tenant, by.field());
            Comparator<Device> next = Comparator.comparing(
                    device -> field.apply(device).stream().findFirst().orElse(""), Filter::compare);
            next = by.down() ? next.reversed() : next;
            order = order == null ? next : order.thenComparing(next);
        }
        Comparator<Device> byId = Comparator.comparing(Device::id);
        return order == null ? byId : order.thenComparing(byId);
    }

    private Function<Device, Collection<String>> sortable(long tenant, String name) {
        try {
            return field(tenant, name);
        } catch (Problem none) {
            throw Listing.noSort(name);
        }
    }

    private Function<Device, Collection<String>> field(long tenant, String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.startsWith("attribute.")) {
            String attribute = name.substring("attribute.".length());
            return device -> {
                CheckIn facts = device.facts();
                return orNone(facts == null ? null : facts.attributes().get(attribute));
            };
        }
        if (lower.startsWith("metadata.")) {
            Map<Long, String> values = metadata.ofTargets(name.substring("metadata.".length()));
            return device -> orNone(values.get(device.key()));
        }
        return switch (lower) {
            case "id", "controllerid" -> device -> List.of(device.id());
            case "name" -> device -> List.of(TargetViews.name(targets.get(device), device));
            case "description" -> target(Target::description);
            case "createdat" -> device -> List.of(Long.toString(device.created()));
            case "createdby" -> target(Target::creator);
            case "lastmodifiedat" ->
                device -> {
                    long changed = targets.get(device).changed();
                    return List.of(Long.toString(changed == 0 ? device.created() : changed));
                };
            case "lastmodifiedby" -> target(Target::changer);
            case "lastcontrollerrequestat" ->
                device -> device.seen() == 0 ? List.of() : List.of(Long.toString(device.seen()));
            case "updatestatus" -> device -> List.of(views.status(device));
            case "ipaddress" -> target(Target::host);
            case "group" -> target(Target::group);
            case "tag", "tag.name" -> Device::tags;
            case "autoconfirm" ->
                device -> List.of(Boolean.toString(targets.get(device).autoConfirm() != null));
            case "version" -> fact(CheckIn::version);
            case "board" -> fact(CheckIn::board);
            case "installedds.name" -> set(tenant, this::installed, Distributions.Distribution::name);
            case "installedds.version" -> set(tenant, this::installed, Distributions.Distribution::version);
            case "assignedds.name" -> set(tenant, this::assigned, Distributions.Distribution::name);
            case "assignedds.version" -> set(tenant, this::assigned, Distributions.Distribution::version);
            case "targettype.name", "type.name", "targettype", "type" -> type(tenant, Types.Type::name);
            case "targettype.key", "type.key" -> type(tenant, Types.Type::typeKey);
            case "targettype.id", "type.id" -> type(tenant, type -> Long.toString(type.key()));
            default -> throw Listing.noField(name);
        };
    }

    private Function<Device, Collection<String>> target(Function<Target, @Nullable String> of) {
        return device -> orNone(of.apply(targets.get(device)));
    }

    private static Function<Device, Collection<String>> fact(Function<CheckIn, String> of) {
        return device -> {
            CheckIn facts = device.facts();
            return orNone(facts == null ? null : of.apply(facts));
        };
    }

    private Function<Device, Collection<String>> type(long tenant, Function<Types.Type, String> of) {
        Map<Long, String> known = new HashMap<>();
        return device -> {
            Long type = targets.get(device).type();
            return type == null
                    ? List.of()
                    : List.of(known.computeIfAbsent(type, key -> of.apply(types.get(tenant, Types.Kind.TARGET, key))));
        };
    }

    private Function<Device, Collection<String>> set(
            long tenant, Function<Device, @Nullable Digest> which, Function<Distributions.Distribution, String> of) {
        Map<Digest, Optional<String>> known = new HashMap<>();
        return device -> {
            Digest digest = which.apply(device);
            return digest == null
                    ? List.of()
                    : known.computeIfAbsent(digest, one -> {
                                Release release = releases.with(tenant, one);
                                Distributions.Distribution set =
                                        release == null ? null : distributions.of(tenant, release);
                                return Optional.ofNullable(set).map(of);
                            })
                            .map(List::of)
                            .orElse(List.of());
        };
    }

    private @Nullable Digest installed(Device device) {
        CheckIn facts = device.facts();
        return facts == null ? null : facts.digest();
    }

    /** What it was given last and is at, or else what it has. */
    @Nullable
    Digest assigned(Device device) {
        Update newest = null;
        for (Update update : updates.of(device)) {
            if (update.state() != Update.State.CANCELLED && (newest == null || update.action() > newest.action())) {
                newest = update;
            }
        }
        return newest == null ? installed(device) : newest.digest();
    }

    private static List<String> orNone(@Nullable String value) {
        return value == null || value.isEmpty() ? List.of() : List.of(value);
    }
}
