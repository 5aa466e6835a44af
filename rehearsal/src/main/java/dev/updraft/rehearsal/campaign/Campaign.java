package dev.updraft.rehearsal.campaign;

import dev.updraft.emulator.flash.FlashGeometry;
import dev.updraft.emulator.flash.FlashSnapshot;
import dev.updraft.emulator.flash.Tear;
import dev.updraft.rehearsal.CryptoMode;
import dev.updraft.rehearsal.FaultKind;
import dev.updraft.rehearsal.RehearsalException;
import dev.updraft.rehearsal.referee.DeviceHistory;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the power at the operations of an update, on as many boards at once as there are jobs. Each thread has a board of its own; what is
 * proven is shared.
 */
public final class Campaign {
    /** Told after each cut point; from any thread. */
    public interface Watcher {
        void advanced(int done, int total, int failed);
    }

    private static final int NOTHING_TORN = -1;
    private static final int FIRST_RUN_INSTRUCTIONS = 1_500_000_000;

    private final Scenario scenario;
    private final CutPlan plan;
    private final FaultPlan faults;
    private final BoardPool pool;
    private final Watcher watcher;
    private final ProvenStates proven = new ProvenStates();
    private final AtomicInteger done = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private @Nullable FlashSnapshot delivered;
    private long instructionsAllowed = FIRST_RUN_INSTRUCTIONS;
    private int total;
    private int compared;

    public Campaign(Scenario scenario, CutPlan plan, FaultPlan faults, int jobs, Watcher watcher) {
        this.scenario = scenario;
        this.plan = plan;
        this.faults = faults;
        pool = new BoardPool(scenario, jobs);
        this.watcher = watcher;
    }

    /** @throws RehearsalException if the update does not even work while the power stays */
    public List<CampaignResult> run() {
        List<Line> lines = forward();
        int doubles = plan.doubles() == 0
                ? 0
                : CutPlan.choose(
                                0, lines.getFirst().journal().size(), plan.doubles(), new SplittableRandom(plan.seed()))
                        .size();
        List<FaultTrial> trials = faults.trials(lines, plan.seed());
        total = trials.size() + doubles;
        List<CampaignResult> parts = new ArrayList<>();
        if (faults.tries(FaultKind.POWER)) {
            total += lines.stream().mapToInt(line -> line.cuts().size()).sum();
            for (Line line : lines) {
                parts.add(single(line));
            }
        }
        if (doubles > 0) {
            parts.add(second(lines.getFirst()));
        }
        for (FaultKind kind : faults.kinds()) {
            if (kind != FaultKind.POWER) {
                parts.add(disturbed(
                        kind,
                        trials.stream().filter(trial -> trial.kind() == kind).toList()));
            }
        }
        return parts;
    }

    /** Cut points at which host and chip agreed to the last bit of flash, and the whole update before. */
    public int compared() {
        return compared;
    }

    public double boardSeconds() {
        return pool.boardSeconds();
    }

    public int provenStates() {
        return proven.size();
    }

    // The runs without a cut.

    private List<Line> forward() {
        try (TestBoard board = new TestBoard(scenario)) {
            board.allowInstructions(FIRST_RUN_INSTRUCTIONS);
            FlashSnapshot start = board.delivered(scenario);
            delivered = start;
            List<FlashStep> update = uncut(board, start, Application.CONFIRMS, "The update");
            long updating = board.instructions();
            long updatingBytes = board.mediumBytes();
            instructionsAllowed = 4 * updating + 10_000_000;
            List<FlashStep> rollBack = uncut(board, start, Application.HANGS, "Going back from an update that hangs");
            long goingBack = board.instructions();
            long goingBackBytes = board.mediumBytes();
            if (scenario.crypto() == CryptoMode.HOST) {
                compare(board, start, update);
                instructionsAllowed = Math.max(instructionsAllowed, 100_000_000);
            }
            int parting = parting(update, rollBack);
            SplittableRandom random = new SplittableRandom(plan.seed());
            return List.of(
                    new Line(
                            "update",
                            Application.CONFIRMS,
                            update,
                            CutPlan.choose(0, update.size(), plan.cuts(), random),
                            updating,
                            updatingBytes),
                    new Line(
                            "roll-back",
                            Application.HANGS,
                            rollBack,
                            CutPlan.choose(parting, rollBack.size() - parting, plan.cuts(), random),
                            goingBack,
                            goingBackBytes));
        }
    }

    private static List<FlashStep> uncut(TestBoard board, FlashSnapshot start, Application application, String what) {
        RunResult ending = board.run(start, NOTHING_TORN, DeviceHistory.FRESH, application, null, true);
        if (!ending.good()) {
            throw new RehearsalException(what + " does not work even while the power stays: " + ending.complaint()
                    + (ending.console().isEmpty()
                            ? "."
                            : "; the last lines of the console: " + String.join(" | ", ending.console()) + "."));
        }
        return ending.journal();
    }

    /** Where going back leaves the way of an update that is confirmed: the cuts before are the same. */
    private static int parting(List<FlashStep> update, List<FlashStep> rollBack) {
        int same = 0;
        while (same < update.size()
                && same < rollBack.size()
                && update.get(same).sameAs(rollBack.get(same))) {
            same++;
        }
        return same;
    }

    /** The same update, and the same cuts, with the chip's own cryptography: every operation and every bit must be equal. */
    private void compare(TestBoard host, FlashSnapshot start, List<FlashStep> journal) {
        try (TestBoard exact = new TestBoard(scenario.with(CryptoMode.EXACT))) {
            exact.allowInstructions(FIRST_RUN_INSTRUCTIONS);
            List<FlashStep> truth = exact.run(
                            start, NOTHING_TORN, DeviceHistory.FRESH, Application.CONFIRMS, null, true)
                    .journal();
            if (truth.size() != journal.size() || parting(journal, truth) != truth.size()) {
                throw new RehearsalException(
                        "The host's cryptography and the chip's own do not write the same flash: use --crypto exact, and"
                                + " report this.");
            }
            Replay replay = new Replay(scenario.map().geometry(), start, journal);
            SplittableRandom random = new SplittableRandom(plan.seed());
            int checks = plan.cuts() == 0 ? plan.crossChecks() : Math.min(plan.crossChecks(), plan.cuts());
            for (int cut : CutPlan.choose(0, journal.size(), Math.max(1, checks), random)) {
                FlashSnapshot torn = replay.cutAt(cut, Tear.any(cut));
                DeviceHistory course = journal.get(cut).course().cut();
                RunResult one = host.run(torn, NOTHING_TORN, course, Application.CONFIRMS, null, false);
                RunResult other = exact.run(torn, NOTHING_TORN, course, Application.CONFIRMS, null, false);
                if (!one.agreesWith(other)) {
                    throw new RehearsalException(
                            "After a cut at operation " + (cut + 1)
                                    + " the host's cryptography and the chip's own end with different flash: use --crypto exact, and report this.");
                }
                compared++;
            }
        }
    }

    // One cut.

    private CampaignResult single(Line line) {
        Statistics statistics = new Statistics();
        inParallel(
                line.cuts(),
                (board, replay, cut) -> {
                    FlashStep step = line.journal().get(cut);
                    cutOnce(
                            board,
                            replay,
                            step,
                            line.application(),
                            line.where(cut),
                            erasesBefore(line, cut),
                            cut,
                            statistics);
                    statistics.cutPointDone();
                },
                line,
                statistics);
        return statistics.part(line.name(), line.journal().size(), null);
    }

    private void cutOnce(
            TestBoard board,
            Replay replay,
            FlashStep step,
            Application application,
            String where,
            int[] erasesBefore,
            int cut,
            Statistics statistics) {
        FlashGeometry geometry = scenario.map().geometry();
        int sector = geometry.sectorAt(step.offset());
        for (Tear tear : plan.tears(cut, geometry.ecc())) {
            DeviceHistory course = step.course().cut();
            FlashSnapshot torn = replay.cutAt(cut, tear, flash -> {
                String lost = board.referee().powerOff(flash, course);
                if (lost != null) {
                    statistics.lost(where, tear, lost);
                }
            });
            if (!plan.pruning()) {
                statistics.ended(
                        where, tear, board.run(torn, NOTHING_TORN, course, application, null, false), erasesBefore);
                continue;
            }
            ProvenStates.Start start = new ProvenStates.Start(torn.nameWithout(geometry, sector), course, application);
            RunResult known = proven.from(start);
            if (known != null) {
                statistics.wouldEnd(where, known, erasesBefore);
                continue;
            }
            RunResult ending = board.run(torn, sector, course, application, proven, false);
            statistics.ended(where, tear, ending, erasesBefore);
            if (ending.good() && ending.unseen()) {
                proven.add(start, ending);
            }
        }
    }

    private int[] erasesBefore(Line line, int cut) {
        int[] erases = new int[scenario.map().geometry().sectors()];
        for (int erase : line.erases()) {
            if (erase <= cut) {
                erases[
                        scenario.map()
                                .geometry()
                                .sectorAt(line.journal().get(erase).offset())]++;
            }
        }
        return erases;
    }

    // Other faults.

    private CampaignResult disturbed(FaultKind kind, List<FaultTrial> trials) {
        Statistics statistics = new Statistics();
        FlashSnapshot start = started();
        pool.each(trials, 4 * instructionsAllowed, board -> trial -> {
            int before = statistics.failed();
            FlashSnapshot from = start;
            DeviceHistory course = DeviceHistory.FRESH;
            if (trial.cut() >= 0) {
                FlashStep step = trial.line().journal().get(trial.cut());
                from = new Replay(scenario.map().geometry(), start, trial.line().journal())
                        .cutAt(trial.cut(), Tear.any(trial.cut()));
                course = step.course().cut();
            }
            RunResult ending = board.disturbed(from, course, trial.line().application(), trial.fault());
            statistics.disturbed(trial.describe(), ending);
            if (board.acted()) {
                statistics.cutPointDone();
            }
            advanced(statistics.failed() - before);
        });
        return statistics.part(kind, faults.places(kind));
    }

    // Two cuts.

    private CampaignResult second(Line line) {
        Statistics statistics = new Statistics();
        AtomicInteger operations = new AtomicInteger();
        List<Integer> first =
                CutPlan.choose(0, line.journal().size(), plan.doubles(), new SplittableRandom(plan.seed()));
        inParallel(
                first,
                (board, replay, cut) -> {
                    FlashSnapshot torn = replay.cutAt(cut, Tear.any(plan.seed() + cut));
                    DeviceHistory course = line.journal().get(cut).course().cut();
                    RunResult recovery = board.run(torn, NOTHING_TORN, course, line.application(), null, true);
                    if (recovery.journal().isEmpty() || !recovery.good()) {
                        return; // nothing to cut; or it failed, and the single cut says so
                    }
                    operations.addAndGet(recovery.journal().size());
                    Replay again = new Replay(scenario.map().geometry(), torn, recovery.journal());
                    SplittableRandom random = new SplittableRandom(plan.seed() + cut);
                    for (int next : CutPlan.choose(0, recovery.journal().size(), plan.secondsEach(), random)) {
                        String where = line.where(cut) + "; then operation " + (next + 1) + " of its recovery: "
                                + recovery.journal().get(next);
                        cutOnce(
                                board,
                                again,
                                recovery.journal().get(next),
                                line.application(),
                                where,
                                new int[0],
                                next,
                                statistics);
                        statistics.cutPointDone();
                    }
                },
                line,
                statistics);
        return statistics.part("second cut", operations.get(), first.size());
    }

    private interface Work {
        void at(TestBoard board, Replay replay, int cut);
    }

    private void inParallel(List<Integer> cuts, Work work, Line line, Statistics statistics) {
        FlashSnapshot start = started();
        pool.each(cuts, instructionsAllowed, board -> {
            Replay replay = new Replay(scenario.map().geometry(), start, line.journal());
            return cut -> {
                int before = statistics.failed();
                work.at(board, replay, cut);
                advanced(statistics.failed() - before);
            };
        });
    }

    private void advanced(int newFailures) {
        watcher.advanced(done.incrementAndGet(), total, failed.addAndGet(newFailures));
    }

    private FlashSnapshot started() {
        FlashSnapshot start = delivered;
        if (start == null) {
            throw new IllegalStateException("there was no forward run");
        }
        return start;
    }
}
