package dev.updraft.server.hawkbit.management;

import dev.updraft.server.hawkbit.ddi.HawkbitJson;
import dev.updraft.server.hawkbit.ddi.Links;
import dev.updraft.server.release.Release;
import dev.updraft.server.release.Releases;
import dev.updraft.server.rollout.InstallMode;
import dev.updraft.server.rollout.Progress;
import dev.updraft.server.rollout.Rollout;
import dev.updraft.server.rollout.RolloutOptions;
import dev.updraft.server.rollout.Rollouts;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Rollouts and their groups in hawkBit's shape. */
final class RolloutViews {
    /** Groups have no number of their own: that of the rollout times this, and their place from 1. */
    static final long GROUPS = 1_000;

    private static final int USUAL_WEIGHT = 1_000;

    private final Rollouts rollouts;
    private final Releases releases;
    private final Distributions distributions;
    private final RolloutNotes notes;

    RolloutViews(ApiContext parts) {
        this.rollouts = parts.rollouts();
        this.releases = parts.releases();
        this.distributions = parts.distributions();
        this.notes = new RolloutNotes(parts.database());
    }

    /** @param full with what takes counting, and all links */
    ObjectNode of(Rollout rollout, Links links, boolean full) {
        RolloutOptions options = rollout.options();
        InstallMode mode = options.modeOr();
        RolloutNotes.Note note = notes.of(rollout.key());
        ObjectNode view = HawkbitJson.object()
                .put("id", rollout.key())
                .put("name", rollouts.name(rollout.tenant(), rollout.key()))
                .put("status", status(rollout, note))
                .put("targetFilterQuery", query(rollout, note))
                .put("totalTargets", total(rollout))
                .put("deleted", note != null && note.deleted())
                .put("dynamic", options.dynamicOr())
                .put("weight", mode.weight() == null ? USUAL_WEIGHT : mode.weight())
                .put("type", mode.typeOr().label())
                .put("forcetime", mode.forceAt() == null ? 0 : mode.forceAt());
        stamp(rollout, note).put(view);
        String description = note == null || note.description() == null ? rollout.reason() : note.description();
        if (description != null) {
            view.put("description", description);
        }
        if (options.startAt() != null) {
            view.put("startAt", options.startAt());
        }
        if (note != null && note.decider() != null) {
            view.put("approveDecidedBy", note.decider());
            if (note.remark() != null) {
                view.put("approvalRemark", note.remark());
            }
        }
        Release release = releases.get(rollout.tenant(), rollout.release());
        Distributions.Distribution set = distributions.of(rollout.tenant(), release);
        if (set != null) {
            view.put("distributionSetId", set.key());
        }
        String self = "/rest/v1/rollouts/" + rollout.key();
        if (full) {
            view.put("totalGroups", options.stagesOr().size());
            counts(view.putObject("totalTargetsPerStatus"), rollout);
            for (String move : List.of("start", "pause", "resume", "triggerNextGroup", "approve", "deny")) {
                links.add(view, move, self + "/" + move);
            }
            links.add(view, "groups", self + "/deploygroups?offset=0&limit=50");
            if (set != null) {
                links.named(
                        view,
                        "distributionset",
                        "/rest/v1/distributionsets/" + set.key(),
                        set.name() + ":" + set.version());
            }
        }
        links.add(view, "self", self);
        return view;
    }

    private static Stamp stamp(Rollout rollout, RolloutNotes.@Nullable Note note) {
        return new Stamp(
                rollout.creator(),
                rollout.created(),
                note == null ? "" : note.changer(),
                note == null ? 0 : note.changed());
    }

    private static String query(Rollout rollout, RolloutNotes.@Nullable Note note) {
        String filter = rollout.options().filter();
        return note != null && !note.parts().isEmpty() ? note.query() : filter == null ? "" : filter;
    }

    static String status(Rollout rollout, RolloutNotes.@Nullable Note note) {
        if (rollout.isUnapproved()) {
            return "waiting_for_approval";
        }
        boolean denied = note != null
                && note.decider() != null
                && String.valueOf(rollout.reason()).startsWith("denied by ");
        return rollout.state() == Rollout.State.ABORTED && denied
                ? "approval_denied"
                : word(rollout.state().label());
    }

    /** hawkBit's word for a state, by Updraft's; a word that is hawkBit's stays. */
    static String word(String state) {
        return switch (state) {
            case "waiting" -> "ready";
            case "aborted" -> "stopped";
            default -> state;
        };
    }

    private long total(Rollout rollout) {
        if (rollouts.chosen(rollout, 0) < 0) {
            Progress progress = rollouts.progress(rollout);
            return progress.reach() == null ? 0 : progress.reach().devices();
        }
        return started(rollout, Integer.MAX_VALUE);
    }

    /** Devices of the stages up to {@code stage}. */
    private long started(Rollout rollout, int stage) {
        long devices = 0;
        for (int i = 0; i < rollout.options().stagesOr().size() && i <= stage; i++) {
            devices += Math.max(0, rollouts.chosen(rollout, i));
        }
        return devices;
    }

    /** A device of a group that has begun counts as running, though it may not have come yet. */
    private void counts(ObjectNode counts, Rollout rollout) {
        Progress progress = rollouts.progress(rollout);
        long cancelled = progress.updates().getOrDefault("cancelled", 0L);
        long ended = progress.confirmed() + progress.failures() + cancelled;
        long total = Math.max(total(rollout), ended);
        boolean waits = rollout.state() == Rollout.State.WAITING;
        long started = waits ? 0 : total;
        if (!waits && rollouts.chosen(rollout, 0) >= 0) {
            started = started(rollout, rollout.stage());
        } else if (!waits && progress.reach() != null) {
            started = progress.reach().inStage();
        }
        put(counts, progress.confirmed(), progress.failures(), cancelled, started - ended, total - started, waits);
    }

    private static void put(
            ObjectNode counts, long finished, long error, long cancelled, long running, long later, boolean waits) {
        counts.put("finished", finished)
                .put("error", error)
                .put("cancelled", cancelled)
                .put("running", Math.max(0, running))
                .put("scheduled", waits ? 0 : Math.max(0, later))
                .put("notstarted", waits ? Math.max(0, later) : 0);
    }

    /** @param stage from 0 */
    ObjectNode group(Rollout rollout, int stage, Links links, boolean full) {
        RolloutNotes.Note note = notes.of(rollout.key());
        RolloutOptions.Stage of = rollout.options().stagesOr().get(stage);
        double before =
                stage == 0 ? 0 : rollout.options().stagesOr().get(stage - 1).percent();
        RolloutNotes.Part part = note != null && stage < note.parts().size()
                ? note.parts().get(stage)
                : new RolloutNotes.Part(
                        "group-" + (stage + 1),
                        null,
                        "",
                        of.percent() - before,
                        Long.toString(Math.round(of.successOr() * 100)),
                        "50",
                        of.consent());
        ObjectNode view = HawkbitJson.object()
                .put("id", rollout.key() * GROUPS + stage + 1)
                .put("name", part.name())
                .put("status", status(rollout, stage))
                .put("dynamic", false)
                .put("targetFilterQuery", part.query())
                .put("targetPercentage", part.percentage())
                .put("totalTargets", Math.max(0, rollouts.chosen(rollout, stage)));
        stamp(rollout, note).put(view);
        if (part.description() != null) {
            view.put("description", part.description());
        }
        if (part.consent() != null) {
            view.put("confirmationRequired", part.consent());
        }
        view.putObject("successCondition").put("condition", "THRESHOLD").put("expression", part.success());
        view.putObject("successAction").put("action", "NEXTGROUP").put("expression", "");
        view.putObject("errorCondition").put("condition", "THRESHOLD").put("expression", part.error());
        view.putObject("errorAction").put("action", "PAUSE").put("expression", "");
        if (full) {
            counts(view.putObject("totalTargetsPerStatus"), rollout, stage);
        }
        links.add(
                view,
                "self",
                "/rest/v1/rollouts/" + rollout.key() + "/deploygroups/" + (rollout.key() * GROUPS + stage + 1));
        return view;
    }

    private static String status(Rollout rollout, int stage) {
        return switch (rollout.state()) {
            case WAITING -> "ready";
            case FINISHED -> "finished";
            case RUNNING, PAUSED, ABORTED ->
                stage < rollout.stage() ? "finished" : stage == rollout.stage() ? "running" : "scheduled";
        };
    }

    private void counts(ObjectNode counts, Rollout rollout, int stage) {
        Map<String, Long> states = notes.counts(rollout.key(), stage);
        long finished = states.getOrDefault("confirmed", 0L);
        long error = states.getOrDefault("rolled-back", 0L) + states.getOrDefault("refused", 0L);
        long cancelled = states.getOrDefault("cancelled", 0L);
        long all = states.values().stream().mapToLong(Long::longValue).sum();
        boolean begun = rollout.state() != Rollout.State.WAITING && stage <= rollout.stage();
        long rest = all - finished - error - cancelled;
        put(
                counts,
                finished,
                error,
                cancelled,
                begun ? rest : 0,
                begun ? 0 : rest,
                rollout.state() == Rollout.State.WAITING);
    }
}
