package dev.updraft.server.console;

import dev.updraft.server.access.Sessions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code /console/rollouts}: all of them, one as it goes, and the devices behind its numbers. */
final class RolloutPages {
    private static final int PART = 50;
    private static final int SHOWN = 100;
    private static final List<String> MOVES = List.of("approve", "pause", "resume", "advance", "reopen", "abort");

    record Stage(double percent, @Nullable Double success) {
        double successOr() {
            return success == null ? 0.9 : success;
        }
    }

    record Options(
            @Nullable String name,
            @Nullable String filter,
            @Nullable Integer priority,
            @Nullable Long startAt,
            @Nullable Long deadline,
            @Nullable List<Stage> stages,
            @Nullable Double acceptableFailures,
            @Nullable Integer retries,
            @Nullable Boolean downgrade,
            @Nullable Boolean approval,
            @Nullable Boolean requireRehearsal,
            @Nullable Window window,
            @Nullable Boolean dynamic) {
        List<Stage> stagesOr() {
            return stages == null || stages.isEmpty() ? List.of(new Stage(100, null)) : stages;
        }

        double acceptableOr() {
            return acceptableFailures == null ? 0.02 : acceptableFailures;
        }

        boolean goesOn() {
            return dynamic != null && dynamic;
        }
    }

    record Window(String from, String to, @Nullable String zone) {}

    record Rollout(
            long id,
            long release,
            Options options,
            String state,
            int stage,
            @Nullable String reason,
            String creator,
            long created) {
        String title() {
            String name = options.name();
            return name == null || name.isBlank() ? "Rollout " + id : name;
        }
    }

    record RolloutList(List<Rollout> rollouts) {}

    record Alarm(double evidence, long failuresToStop) {}

    record Reach(long devices, long inStage, long done, long lost, Map<String, Long> versions, List<String> examples) {}

    record Progress(
            Map<String, Long> updates,
            long confirmed,
            long failures,
            @Nullable Alarm alarm,
            @Nullable Long stageSince,
            @Nullable Reach reach) {}

    record View(Rollout rollout, Progress progress) {
        boolean isLast() {
            return rollout.stage() >= rollout.options().stagesOr().size() - 1;
        }

        Stage stage() {
            List<Stage> stages = rollout.options().stagesOr();
            return stages.get(Math.min(rollout.stage(), stages.size() - 1));
        }

        /** Share of the present stage that runs the release confirmed. */
        double success() {
            Reach reach = progress.reach();
            return reach == null || reach.inStage() == 0 ? 0 : (double) reach.done() / reach.inStage();
        }

        /** Of those that have ended, how many failed. */
        double failed() {
            long ended = progress.confirmed() + progress.failures();
            return ended == 0 ? 0 : (double) progress.failures() / ended;
        }

        long underWay() {
            return progress.updates().entrySet().stream()
                    .filter(one -> List.of(
                                    "offered", "downloading", "downloaded", "installing", "trial", "awaiting-consent")
                            .contains(one.getKey()))
                    .mapToLong(Map.Entry::getValue)
                    .sum();
        }

        long notOffered() {
            Reach reach = progress.reach();
            long offered = progress.updates().values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            return reach == null ? 0 : Math.max(0, reach.inStage() - offered);
        }

        /** Devices that it has offered something to. */
        long counted() {
            return progress.updates().values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
        }

        List<Step> steps() {
            Reach reach = progress.reach();
            List<Stage> stages = rollout.options().stagesOr();
            boolean over = rollout.state().equals("finished");
            List<Step> steps = new ArrayList<>();
            for (int i = 0; i < stages.size(); i++) {
                Stage stage = stages.get(i);
                boolean present = i == rollout.stage() && !over;
                boolean later = i > rollout.stage();
                long devices = reach == null
                        ? 0
                        : present ? reach.inStage() : (long) Math.ceil(stage.percent() * reach.devices() / 100 - 1e-9);
                double done = later ? 0 : present ? success() : 1;
                String text = later
                        ? "begins when " + Words.percent(stages.get(i - 1).successOr()) + " of stage " + i
                                + " have confirmed"
                        : present
                                ? Words.percent(done) + " confirmed; "
                                        + (isLast()
                                                ? rollout.options().goesOn()
                                                        ? "goes on for devices that come later"
                                                        : "is over at " + Words.percent(stage.successOr())
                                                : "the next stage begins at " + Words.percent(stage.successOr()))
                                : "reached its success";
                steps.add(new Step(
                        i + 1,
                        stage.percent(),
                        devices,
                        done,
                        stage.successOr(),
                        present,
                        later,
                        later ? "" : present ? Words.colour(rollout.state()) : "good",
                        later ? "later" : present ? rollout.state() : "done",
                        text));
            }
            return steps;
        }

        Bar bar() {
            Reach reach = progress.reach();
            return Bar.of(Bar.states(progress.updates()), reach == null ? 0 : reach.devices());
        }

        List<Bar.Piece> pieces() {
            return Bar.states(progress.updates()).stream()
                    .filter(piece -> piece.count() > 0)
                    .toList();
        }

        /** When the present stage has its success, at the pace so far; empty where nobody can say. */
        String left() {
            Reach reach = progress.reach();
            if (reach == null || !rollout.state().equals("running") || progress.confirmed() == 0) {
                return "";
            }
            long missing = (long) Math.ceil(reach.inStage() * stage().successOr()) - reach.done();
            double each = (double) (System.currentTimeMillis() - rollout.created()) / progress.confirmed();
            return missing <= 0 ? "" : "about " + Words.span(Math.round(missing * each)) + " to go at the pace so far";
        }
    }

    /**
     * A stage as it is drawn.
     *
     * @param done share of it that runs the release confirmed
     * @param success share at which the next one begins
     */
    record Step(
            int number,
            double percent,
            long devices,
            double done,
            double success,
            boolean present,
            boolean later,
            String colour,
            String word,
            String text) {}

    /** As the API calls what {@link Words#state} calls {@code label}. */
    static String label(String label) {
        return switch (label) {
            case "waits for consent" -> "awaiting-consent";
            case "on trial" -> "trial";
            case "rolled back" -> "rolled-back";
            default -> label;
        };
    }

    record Reason(String state, @Nullable String reason, long devices, long last) {}

    record ReasonList(List<Reason> reasons) {}

    record One(
            String device,
            String digest,
            String state,
            @Nullable String reason,
            long attempts,
            long changed) {}

    record OneList(List<One> devices, @Nullable String next) {}

    /** A rollout of the list. */
    record Line(View view, String version) {}

    static List<Rollout> all(Visit visit) {
        return visit.api().get(Api.Question.of("/rollouts"), RolloutList.class).rollouts();
    }

    static View one(Visit visit, long id) {
        return visit.api().get(Api.Question.of("/rollouts/{id}", Long.toString(id)), View.class);
    }

    void pages(Console.Paths paths) {
        paths.get("/rollouts", this::list);
        new NewRollout().pages(paths);
        paths.get("/rollouts/{id}", this::show).get("/rollouts/{id}/devices", this::devices);
        for (String move : MOVES) {
            paths.post("/rollouts/{id}/" + move, visit -> move(visit, move));
        }
    }

    private void list(Visit visit) {
        long before =
                visit.query("before").matches("\\d{1,18}") ? Long.parseLong(visit.query("before")) : Long.MAX_VALUE;
        Map<Long, String> versions = ReleasePages.versions(visit);
        List<Rollout> rollouts = all(visit).stream()
                .filter(rollout -> rollout.id() < before)
                .sorted(Comparator.comparingLong(Rollout::id).reversed())
                .limit(SHOWN + 1L)
                .toList();
        List<Line> lines = rollouts.stream()
                .limit(SHOWN)
                .map(rollout -> new Line(one(visit, rollout.id()), versions.getOrDefault(rollout.release(), "?")))
                .toList();
        visit.show(
                "rollouts",
                "Rollouts",
                "rollouts",
                Map.of(
                        "lines",
                        lines,
                        "more",
                        rollouts.size() > SHOWN
                                ? lines.getLast().view().rollout().id()
                                : 0L));
    }

    private static String path(String id) {
        return Console.HOME + "/rollouts/" + id;
    }

    private void show(Visit visit) {
        String id = visit.name("id");
        View view = visit.api().get(Api.Question.of("/rollouts/{id}", id), View.class);
        List<Reason> reasons = visit.api()
                .get(Api.Question.of("/rollouts/{id}/reasons", id), ReasonList.class)
                .reasons();
        List<RolloutMoves.Move> moves = RolloutMoves.of(view).stream()
                .filter(move -> Sessions.may(visit.caller(), move.role(), "rollouts", false))
                .toList();
        visit.show(
                "rollout",
                view.rollout().title(),
                "rollouts",
                Map.of(
                        "view",
                        view,
                        "version",
                        ReleasePages.versions(visit).getOrDefault(view.rollout().release(), "?"),
                        "reasons",
                        reasons,
                        "moves",
                        moves));
    }

    private void move(Visit visit, String move) {
        String id = visit.name("id");
        visit.api().post(Api.Question.of("/rollouts/{id}/" + move, id), Map.of());
        visit.redirect(
                path(id),
                switch (move) {
                    case "approve" -> "It is approved and running.";
                    case "pause" -> "It is paused.";
                    case "resume" -> "It goes on.";
                    case "advance" -> "The next stage has begun.";
                    case "reopen" -> "It is open again.";
                    default -> "It is aborted.";
                });
    }

    private void devices(Visit visit) {
        String id = visit.name("id");
        View view = visit.api().get(Api.Question.of("/rollouts/{id}", id), View.class);
        Map<String, String> query =
                new HashMap<>(Map.of("limit", Integer.toString(PART), "after", visit.query("after")));
        if (!visit.query("state").isEmpty()) {
            query.put("state", visit.query("state"));
        }
        if (visit.request().query().contains("reason")) {
            query.put("reason", visit.request().query().first("reason").orElse(""));
        }
        OneList devices =
                visit.api().get(new Api.Question("/rollouts/{id}/devices", Map.of("id", id), query), OneList.class);
        Map<String, String> versions = ReleasePages.byDigest(visit);
        Map<String, Object> what = new HashMap<>();
        what.put("view", view);
        what.put("devices", devices);
        what.put("versions", versions);
        what.put("state", visit.query("state"));
        what.put("states", states(view));
        if (query.containsKey("reason")) {
            what.put("reason", query.get("reason"));
        }
        visit.show("rollout-devices", "Devices of " + view.rollout().title(), "rollouts", what);
    }

    private static List<String> states(View view) {
        return new ArrayList<>(view.progress().updates().keySet());
    }
}
