package dev.updraft.server.rollout;

import dev.updraft.server.event.EventType;
import dev.updraft.server.event.Events;
import dev.updraft.server.fleet.Device;
import dev.updraft.server.fleet.Fleet;
import dev.updraft.server.fleet.Groups;
import dev.updraft.server.http.Json;
import dev.updraft.server.http.Problem;
import dev.updraft.server.release.RehearsalRules;
import dev.updraft.server.release.Release;
import dev.updraft.server.release.Releases;
import dev.updraft.server.store.AuditLog;
import dev.updraft.server.store.Changes;
import dev.updraft.server.store.Database;
import dev.updraft.server.store.Topic;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Every rollout, in memory and in the database, and the plan that they make with the releases that may go out. Whoever decides by where a
 * rollout stands that it moves holds the monitor of this from the look to the move. It may be entered holding that of a device, and
 * nobody enters one of a device holding it.
 */
final class RolloutRegistry {
    /** Why a rollout is paused that nobody but an operator paused. */
    static final String OPERATOR = "paused by an operator";

    private final Database database;
    private final Changes changes;
    private final RolloutStore store;
    private final Releases releases;
    private final RehearsalGate gate;
    private final Groups groups;
    private final Fleet fleet;
    private final Updates updates;
    private final Map<Long, Rollout> byKey = new ConcurrentHashMap<>();
    private final Map<Long, Members> chosen = new ConcurrentHashMap<>();
    private volatile Plan plan;

    RolloutRegistry(
            Database database,
            RolloutStore store,
            Releases releases,
            RehearsalGate gate,
            RehearsalRules rules,
            Groups groups,
            Fleet fleet,
            Updates updates) {
        this.database = database;
        this.changes = database.changes();
        this.store = store;
        this.releases = releases;
        this.gate = gate;
        this.groups = groups;
        this.fleet = fleet;
        this.updates = updates;
        chosen.putAll(changes.load(store::members));
        changes.load(store::all).forEach(rollout -> byKey.put(rollout.key(), rollout));
        changes.follow(Topic.RELEASE, releasesChanged -> replan());
        changes.follow(Topic.ROLLOUT, rolloutsChanged -> reload());
        this.plan = new Plan(
                1,
                gate.open(releases.all()),
                byKey.values(),
                groups,
                releases.damaged().all(),
                Map.copyOf(chosen));
        groups.onChange(this::replan);
        releases.damaged().onChange(this::replan);
        rules.onChange(tenant -> replan());
    }

    private synchronized void reload() {
        chosen.putAll(database.read(store::members));
        database.read(store::all).forEach(rollout -> {
            updates.keepMembers(rollout);
            byKey.put(rollout.key(), rollout);
        });
        replan();
    }

    /** What may be offered to whom at present. */
    Plan plan() {
        return plan;
    }

    synchronized void replan() {
        plan = new Plan(
                plan.epoch() + 1,
                gate.open(releases.all()),
                byKey.values(),
                groups,
                releases.damaged().all(),
                Map.copyOf(chosen));
    }

    /** Of all tenants, in no order. */
    Collection<Rollout> all() {
        return byKey.values();
    }

    @Nullable
    Rollout find(long key) {
        return byKey.get(key);
    }

    /** @throws Problem 404 */
    Rollout get(long tenant, long key) {
        Rollout rollout = byKey.get(key);
        if (rollout == null || rollout.tenant() != tenant) {
            throw Problem.notFound("There is no rollout " + key + ".");
        }
        return rollout;
    }

    /** Gives {@code draft} its key. */
    synchronized Rollout add(Rollout draft) {
        return add(draft, null);
    }

    /**
     * {@link #add(Rollout)} of one whose devices are chosen.
     *
     * @param stageOf the stage of each, by their keys; null = its filter says whom it is for
     */
    synchronized Rollout add(Rollout draft, @Nullable Map<Long, Integer> stageOf) {
        Rollout begun = draft.offers() ? measured(draft, device -> false) : draft;
        Rollout rollout = database.write(handle -> {
            Rollout made = begun.withKey(store.insert(handle, begun));
            Events.add(handle, made.tenant(), EventType.ROLLOUT_CREATED, told(made));
            if (stageOf != null) {
                store.insertMembers(handle, made.key(), stageOf);
            }
            changes.note(Topic.ROLLOUT, made.key());
            return made;
        });
        updates.keepMembers(rollout);
        if (stageOf != null) {
            chosen.put(rollout.key(), new Members(stageOf));
        }
        byKey.put(rollout.key(), rollout);
        replan();
        return rollout;
    }

    /** @throws Problem 409 if it is in none of the states {@code from} */
    synchronized Rollout move(long tenant, long key, List<Rollout.State> from, Rollout.State to, @Nullable String why) {
        Rollout before = get(tenant, key);
        if (!from.contains(before.state())) {
            String fit = from.stream().map(Rollout.State::label).collect(Collectors.joining(" or "));
            throw Problem.conflict("Rollout " + key + " is " + before.state().label() + "; only one that is " + fit
                    + " can be moved so.");
        }
        return replace(before, before.in(to, before.stage(), why));
    }

    /** {@code rollout} with its stage worked out as the fleet is now. */
    Rollout measured(Rollout rollout, Predicate<Device> before) {
        Release published = releases.get(rollout.tenant(), rollout.release()).withState(Release.State.PUBLISHED);
        Rollout running = rollout.in(Rollout.State.RUNNING, rollout.stage(), null);
        Plan alone = new Plan(0, List.of(published), List.of(running), groups, Set.of(), Map.of());
        return StageReach.measured(rollout, alone.members(running, updates), fleet.all(rollout.tenant()), before);
    }

    /** @throws Problem 409 if another process has moved it since it was read */
    synchronized Rollout replace(Rollout before, Rollout to) {
        boolean begins = to.offers() && (before.state() == Rollout.State.WAITING || before.stage() != to.stage());
        Rollout after =
                !begins ? to : measured(to, before.state() == Rollout.State.WAITING ? device -> false : before::holds);
        database.change(handle -> {
            if (!store.move(handle, before, after)) {
                throw Problem.conflict("Rollout " + before.key() + " was moved at the same moment; look again.");
            }
            changes.note(Topic.ROLLOUT, after.key());
            EventType what = before.stage() == after.stage() ? after.state().event() : EventType.ROLLOUT_STAGE;
            Events.add(handle, after.tenant(), what, told(after));
            if (after.state() == Rollout.State.PAUSED && !OPERATOR.equals(after.reason())) {
                AuditLog.add(
                        handle,
                        after.tenant(),
                        "server",
                        "PAUSE",
                        "/api/v1/rollouts/" + after.key(),
                        200,
                        Json.string(Map.of("reason", String.valueOf(after.reason()))),
                        null);
            }
        });
        byKey.put(after.key(), after);
        replan();
        return after;
    }

    /** Other options of a rollout that goes on as it is. */
    synchronized Rollout edit(Rollout before, Rollout after) {
        database.change(handle -> {
            if (!store.move(handle, before, after)) {
                throw Problem.conflict("Rollout " + before.key() + " was moved at the same moment; look again.");
            }
            changes.note(Topic.ROLLOUT, after.key());
        });
        byKey.put(after.key(), after);
        replan();
        return after;
    }

    private static Map<String, Object> told(Rollout rollout) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("rollout", rollout.key());
        told.put("release", rollout.release());
        told.put("state", rollout.state().label());
        told.put("stage", rollout.stage());
        if (rollout.reason() != null) {
            told.put("reason", rollout.reason());
        }
        return told;
    }
}
