package dev.updraft.server.hawkbit.management;

import dev.updraft.server.http.Problem;
import dev.updraft.server.rollout.RolloutOptions;
import dev.updraft.server.rollout.Rollouts;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The groups of a rollout as hawkBit's bodies describe them: {@code amountGroups} of equal size, or each with its own filter, share of what
 * the groups before it have left, conditions and confirmation. What is not understood is refused: it may say who gets what.
 *
 * @param stages one for each group
 * @param acceptable the smallest error threshold of the rollout and its groups; null = none is given
 */
record RolloutGroups(
        List<Rollouts.Group> groups,
        List<RolloutOptions.Stage> stages,
        @Nullable Double acceptable) {
    private static final int MOST = 500;
    private static final double USUAL_SUCCESS = 0.5;

    private static final Set<String> OF_ROLLOUT = Set.of(
            "name",
            "description",
            "targetFilterQuery",
            "distributionSetId",
            "amountGroups",
            "groups",
            "type",
            "forcetime",
            "startAt",
            "weight",
            "confirmationRequired",
            "dynamic",
            "successCondition",
            "successAction",
            "errorCondition",
            "errorAction");

    private static final Set<String> OF_GROUP = Set.of(
            "name",
            "description",
            "targetFilterQuery",
            "targetPercentage",
            "confirmationRequired",
            "successCondition",
            "successAction",
            "errorCondition",
            "errorAction");

    /** @param query hawkBit's filters as ours */
    static RolloutGroups of(JsonNode body, UnaryOperator<String> query) {
        requireKnown(body, OF_ROLLOUT, "a rollout");
        requireActions(body);
        Double usual = percent(body.path("successCondition"));
        Double acceptable = percent(body.path("errorCondition"));
        JsonNode own = body.path("groups");
        boolean isOwn = own.isArray() && !own.isEmpty();
        long amount =
                isOwn ? own.size() : Objects.requireNonNullElse(RequestBody.numberOr(body, "amountGroups", 1L), 1L);
        if (amount < 1 || amount > MOST) {
            throw Problem.badRequest("A rollout has from 1 to " + MOST + " groups.");
        }
        List<Rollouts.Group> groups = new ArrayList<>();
        List<RolloutOptions.Stage> stages = new ArrayList<>();
        for (int i = 0; i < amount; i++) {
            JsonNode group = isOwn ? own.get(i) : body.path("nothing");
            if (isOwn) {
                requireKnown(group, OF_GROUP, "a rollout's group");
                requireActions(group);
                acceptable = smaller(acceptable, percent(group.path("errorCondition")));
            }
            Double success = percent(group.path("successCondition"));
            Double fallback = success == null ? usual : success;
            String filter = RequestBody.textOr(group, "targetFilterQuery", "");
            groups.add(new Rollouts.Group(
                    query.apply(filter == null ? "" : filter),
                    isOwn ? share(group.path("targetPercentage")) : 100.0 / (amount - i)));
            JsonNode consent = group.path("confirmationRequired");
            stages.add(new RolloutOptions.Stage(
                    100.0 * (i + 1) / amount,
                    fallback == null ? USUAL_SUCCESS : fallback,
                    consent.isBoolean() ? consent.booleanValue() : null));
        }
        return new RolloutGroups(groups, stages, acceptable);
    }

    private static @Nullable Double smaller(@Nullable Double a, @Nullable Double b) {
        return a == null ? b : b == null ? a : Double.valueOf(Math.min(a, b));
    }

    private static double share(JsonNode percentage) {
        if (percentage.isMissingNode() || percentage.isNull()) {
            return 100;
        }
        double share = percentage.isNumber() ? percentage.doubleValue() : -1;
        if (!(share > 0 && share <= 100)) {
            throw Problem.badRequest("'targetPercentage' is a number above 0 and at most 100.");
        }
        return share;
    }

    static void requireKnown(JsonNode body, Set<String> known, String what) {
        for (String name : body.propertyNames()) {
            if (!known.contains(name)) {
                throw Problem.notImplemented("'" + name + "' of " + what
                        + " is not implemented, and could say who gets what; nothing was made. Leave it out.");
            }
        }
    }

    /** The next group after success and a pause after errors are what there is. */
    private static void requireActions(JsonNode body) {
        String success = RequestBody.textOr(body.path("successAction"), "action", "NEXTGROUP");
        String error = RequestBody.textOr(body.path("errorAction"), "action", "PAUSE");
        if (!"NEXTGROUP".equals(success) || !"PAUSE".equals(error)) {
            throw Problem.notImplemented("After success comes the next group (NEXTGROUP), after errors a pause (PAUSE);"
                    + " other actions are not implemented.");
        }
        for (String name : List.of("successCondition", "errorCondition")) {
            String condition = RequestBody.textOr(body.path(name), "condition", "THRESHOLD");
            if (!"THRESHOLD".equals(condition)) {
                throw Problem.notImplemented("The condition of a group is a THRESHOLD; others are not implemented.");
            }
        }
    }

    /** A threshold such as {@code {"condition":"THRESHOLD","expression":"50"}} as a share. */
    private static @Nullable Double percent(JsonNode condition) {
        String expression = RequestBody.textOr(condition, "expression", null);
        if (expression == null) {
            return null;
        }
        if (!expression.matches("\\d{1,3}") || Integer.parseInt(expression) > 100) {
            throw Problem.badRequest("The expression of a threshold is a percentage, such as 50.");
        }
        return Integer.parseInt(expression) / 100.0;
    }
}
