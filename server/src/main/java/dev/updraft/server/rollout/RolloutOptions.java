package dev.updraft.server.rollout;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.updraft.server.http.Problem;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a rollout is to do; fixed when it is made.
 *
 * @param name for people
 * @param filter which devices, see {@link dev.updraft.server.fleet.DeviceFields}; may name groups; null = every one that has a board of the release
 * @param priority where several rollouts fit a device the highest wins, then the highest version
 * @param startAt milliseconds since 1970; null = at once
 * @param deadline milliseconds since 1970 from when the maintenance window is no longer waited for; null = never
 * @param stages one after the other; null = everybody at once
 * @param acceptableFailures share of devices that may go back or refuse before the rollout is paused, see {@link FailureAlarm}
 * @param retries how often a device that went back or refused is offered the image again
 * @param retryAfterSeconds until the first retry; doubles with each
 * @param downgrade true to offer it to devices that run a higher version too
 * @param approval true if an approver other than its maker must let it start
 * @param requireRehearsal true to wait until rehearsals of every image of the release have passed, see {@link dev.updraft.server.release.Rehearsals}
 * @param window when devices may be offered it; null = always
 * @param mode how devices that speak hawkBit's DDI are to take it; null = forced
 * @param dynamic true to go on for devices that come later, until somebody ends it; else it is over with the success of its last stage
 * @param lostAfterSeconds from when on a device that was installing and is silent counts as failed; null = a day
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RolloutOptions(
        @Nullable String name,
        @Nullable String filter,
        @Nullable Integer priority,
        @Nullable Long startAt,
        @Nullable Long deadline,
        @Nullable List<Stage> stages,
        @Nullable Double acceptableFailures,
        @Nullable Integer retries,
        @Nullable Integer retryAfterSeconds,
        @Nullable Boolean downgrade,
        @Nullable Boolean approval,
        @Nullable Boolean requireRehearsal,
        @Nullable Window window,
        @JsonAlias("manner") @Nullable InstallMode mode,
        @Nullable Boolean dynamic,
        @Nullable Integer lostAfterSeconds) {
    private static final int LOST_AFTER_SECONDS = 24 * 3_600;

    private static final List<String> CHANGING =
            List.of("version", "digest", "trial", "board", "seen", "attribute", "group", "tag");

    static final RolloutOptions EVERYONE = new RolloutOptions(
            "everyone", null, null, null, null, null, null, null, null, null, null, null, null, null, true, null);

    /**
     * @param percent share of the devices, in percent of all that the rollout is for; each stage holds the ones before it
     * @param consent true if somebody at each device of it must agree first, whatever holds for the rollout; null = as there
     * @param success share of the stage's devices that must have confirmed before the next stage starts; null = 0.9
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Stage(
            double percent,
            @Nullable Double success,
            @Nullable Boolean consent) {
        public Stage(double percent, @Nullable Double success) {
            this(percent, success, null);
        }

        public double successOr() {
            return success == null ? 0.9 : success;
        }
    }

    /** @throws Problem 400 if something does not fit together */
    void check() {
        double before = 0;
        for (Stage stage : stagesOr()) {
            if (!(stage.percent() > before && stage.percent() <= 100)) {
                throw Problem.badRequest("The percentages of the stages must grow and end at most at 100.");
            }
            if (!(stage.successOr() >= 0 && stage.successOr() <= 1)) {
                throw Problem.badRequest("A stage's success is a share from 0 to 1.");
            }
            before = stage.percent();
        }
        if (!(acceptableFailuresOr() > 0 && acceptableFailuresOr() < 1)) {
            throw Problem.badRequest("acceptableFailures is a share between 0 and 1, such as 0.02.");
        }
        if (retriesOr() < 0 || retriesOr() > 100 || retryAfterOr() < 0) {
            throw Problem.badRequest("retries is a number from 0 to 100, and retryAfterSeconds is not negative.");
        }
        if (lostAfterSeconds != null && lostAfterSeconds < 1) {
            throw Problem.badRequest("lostAfterSeconds is at least 1.");
        }
        if (window != null) {
            window.check();
        }
        modeOr().check(System.currentTimeMillis());
    }

    String filterOr() {
        return filter == null ? "" : filter;
    }

    int priorityOr() {
        return priority == null ? 0 : priority;
    }

    public List<Stage> stagesOr() {
        return stages == null || stages.isEmpty() ? List.of(new Stage(100, null)) : stages;
    }

    double acceptableFailuresOr() {
        return acceptableFailures == null ? 0.02 : acceptableFailures;
    }

    int retriesOr() {
        return retries == null ? 0 : retries;
    }

    int retryAfterOr() {
        return retryAfterSeconds == null ? 3_600 : retryAfterSeconds;
    }

    boolean downgradeOr() {
        return downgrade != null && downgrade;
    }

    public InstallMode modeOr() {
        return mode == null ? InstallMode.FORCED : mode;
    }

    public boolean dynamicOr() {
        return dynamic != null && dynamic;
    }

    int lostAfterOr() {
        return lostAfterSeconds == null ? LOST_AFTER_SECONDS : lostAfterSeconds;
    }

    /** Whether an update may take a device out of the filter, as {@code version=lt=2.0.0} does. */
    boolean filterMayChange() {
        String lower = filterOr().toLowerCase(Locale.ROOT);
        return CHANGING.stream().anyMatch(lower::contains);
    }

    /** The same, but going on for devices that come later. */
    RolloutOptions goingOn() {
        return with(approval, true);
    }

    /** The same, but not before somebody other than its maker has approved. */
    RolloutOptions approved() {
        return with(true, dynamic);
    }

    /** The same under another name. */
    public RolloutOptions called(String other) {
        return with(other, startAt);
    }

    /** The same without a time that it waits for. */
    RolloutOptions atOnce() {
        return with(name, null);
    }

    private RolloutOptions with(@Nullable String ofName, @Nullable Long from) {
        return new RolloutOptions(
                ofName,
                filter,
                priority,
                from,
                deadline,
                stages,
                acceptableFailures,
                retries,
                retryAfterSeconds,
                downgrade,
                approval,
                requireRehearsal,
                window,
                mode,
                dynamic,
                lostAfterSeconds);
    }

    /** The same in one stage and under another name, for devices that have tried up to {@code attempts} times already. */
    RolloutOptions again(String other, int attempts) {
        return new RolloutOptions(
                other,
                null,
                priority,
                null,
                null,
                List.of(new Stage(100, successOfLast())),
                acceptableFailures,
                attempts,
                0,
                downgrade,
                approval,
                requireRehearsal,
                window,
                mode,
                false,
                lostAfterSeconds);
    }

    private @Nullable Double successOfLast() {
        return stagesOr().getLast().success();
    }

    private RolloutOptions with(@Nullable Boolean ofApproval, @Nullable Boolean goesOn) {
        return new RolloutOptions(
                name,
                filter,
                priority,
                startAt,
                deadline,
                stages,
                acceptableFailures,
                retries,
                retryAfterSeconds,
                downgrade,
                ofApproval,
                requireRehearsal,
                window,
                mode,
                goesOn,
                lostAfterSeconds);
    }

    boolean approvalOr() {
        return approval != null && approval;
    }

    boolean requireRehearsalOr() {
        return requireRehearsal != null && requireRehearsal;
    }
}
