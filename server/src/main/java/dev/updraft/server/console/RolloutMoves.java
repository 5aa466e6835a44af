package dev.updraft.server.console;

import dev.updraft.server.access.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What can be done with a rollout as it stands, and what will then happen to how many. */
final class RolloutMoves {
    private RolloutMoves() {}

    /**
     * @param name of the API's route
     * @param button what it says
     * @param colour of the button: main, bad or none
     * @param effects sentences
     */
    record Move(String name, String button, String colour, Role role, List<String> effects) {}

    static List<Move> of(RolloutPages.View view) {
        RolloutPages.Rollout rollout = view.rollout();
        List<Move> moves = new ArrayList<>();
        switch (rollout.state()) {
            case "waiting" ->
                moves.add(new Move(
                        "approve",
                        "Approve",
                        "main",
                        Role.APPROVER,
                        List.of(offers(view), "Its maker cannot do this; somebody else must.")));
            case "paused" ->
                moves.add(new Move("resume", "Resume", "main", Role.OPERATOR, List.of(offers(view), goOn(view))));
            case "running" -> {
                if (!view.isLast()) {
                    moves.add(new Move("advance", "Next stage", "", Role.OPERATOR, advance(view)));
                }
                moves.add(new Move(
                        "pause",
                        "Pause",
                        "",
                        Role.OPERATOR,
                        List.of(
                                Words.devices(view.notOffered())
                                        + " of this stage that have not been offered it are not offered it before it is resumed.",
                                goOn(view))));
            }
            case "finished" ->
                moves.add(new Move(
                        "reopen",
                        "Open again",
                        "",
                        Role.OPERATOR,
                        List.of("It goes on for devices that have come since, until it is aborted.")));
            default -> {}
        }
        if (!rollout.state().equals("aborted")) {
            moves.add(new Move("abort", "Abort", "bad", Role.OPERATOR, abort(view)));
        }
        return moves;
    }

    private static String offers(RolloutPages.View view) {
        long left = view.notOffered();
        return left > 0
                ? Words.devices(left) + " of stage " + (view.rollout().stage() + 1)
                        + " are offered it at their next check-in."
                : "The devices of stage " + (view.rollout().stage() + 1) + " are offered it at their next check-in.";
    }

    private static String goOn(RolloutPages.View view) {
        long under = view.underWay();
        return under == 0
                ? "No device is under way."
                : Words.devices(under) + " under way go on: what a device has begun it finishes.";
    }

    private static List<String> advance(RolloutPages.View view) {
        RolloutPages.Reach reach = view.progress().reach();
        RolloutPages.Stage next =
                view.rollout().options().stagesOr().get(view.rollout().stage() + 1);
        List<String> effects = new ArrayList<>();
        if (reach != null) {
            long more = Math.max(0, (long) Math.ceil(next.percent() * reach.devices() / 100 - 1e-9) - reach.inStage());
            effects.add("Stage " + (view.rollout().stage() + 2) + " begins: " + Words.count(more) + " more of "
                    + Words.devices(reach.devices()) + " are offered it at their next check-in.");
            effects.add(Words.percent(view.success())
                    + " of the present stage run it confirmed; by itself the rollout waits for "
                    + Words.percent(view.stage().successOr()) + ".");
        } else {
            effects.add("Stage " + (view.rollout().stage() + 2) + " begins with " + Words.percent(next.percent() / 100)
                    + " of its devices.");
        }
        effects.add("Nobody leaves a stage again.");
        return effects;
    }

    private static List<String> abort(RolloutPages.View view) {
        Map<String, Long> updates = view.progress().updates();
        long installing = updates.getOrDefault("installing", 0L) + updates.getOrDefault("trial", 0L);
        return List.of(
                "It ends for good; another rollout of the same release can be made.",
                Words.devices(view.underWay() - installing)
                        + " that have not begun to install drop it, unless another rollout gives it out.",
                Words.devices(installing) + " that install it or run it on trial finish that.",
                Words.devices(view.progress().confirmed()) + " that have confirmed it keep it.");
    }
}
