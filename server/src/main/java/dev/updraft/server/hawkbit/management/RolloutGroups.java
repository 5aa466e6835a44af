package dev.updraft.server.hawkbit.management;

import dev.updraft.server.fleet.Device;
import dev.updraft.server.hawkbit.ddi.Refusal;
import dev.updraft.server.http.Problem;
import dev.updraft.server.rollout.RolloutOptions;
import dev.updraft.server.rollout.Rollouts;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
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
        List<RolloutNotes.Part> parts,
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

    /** @param filter what hawkBit's filters hold of */
    static RolloutGroups of(JsonNode body, Function<String, Predicate<Device>> filter) {
        RequestBody.requireKnown(body, OF_ROLLOUT, "a rollout");
        requireActions(body);
        Double usual = percent(body.path("successCondition"));
        Double acceptable = percent(body.path("errorCondition"));
        JsonNode own = body.path("groups");
        boolean isOwn = own.isArray();
        long amount = amount(body, own);
        List<Rollouts.Group> groups = new ArrayList<>();
        List<RolloutOptions.Stage> stages = new ArrayList<>();
        List<RolloutNotes.Part> parts = new ArrayList<>();
        for (int i = 0; i < amount; i++) {
            JsonNode group = isOwn ? own.get(i) : body.path("nothing");
            Double error = null;
            if (isOwn) {
                RequestBody.requireKnown(group, OF_GROUP, "a rollout's group");
                requireActions(group);
                error = percent(group.path("errorCondition"));
                acceptable = smaller(acceptable, error);
            }
            Double success = percent(group.path("successCondition"));
            Double fallback = success == null ? usual : success;
            double needed = fallback == null ? USUAL_SUCCESS : fallback;
            String query =
                    Objects.requireNonNull(RequestBody.textOr(group, "targetFilterQuery", "", FilterApi.LONGEST_QUERY));
            double share = isOwn ? share(group.path("targetPercentage")) : 100.0 / (amount - i);
            groups.add(new Rollouts.Group(filter.apply(query), share));
            stages.add(new RolloutOptions.Stage(
                    100.0 * (i + 1) / amount, needed, RequestBody.flag(group, "confirmationRequired")));
            String name = RequestBody.textOr(group, "name", "group-" + (i + 1), 128);
            parts.add(new RolloutNotes.Part(
                    String.valueOf(name),
                    RequestBody.textOr(group, "description", isOwn ? null : name, 512),
                    query,
                    isOwn ? share : 100.0 / amount,
                    expression(group, body, "successCondition", "50"),
                    expression(group, body, "errorCondition", "50"),
                    RequestBody.flag(group, "confirmationRequired")));
        }
        return new RolloutGroups(groups, stages, parts, acceptable);
    }

    private static long amount(JsonNode body, JsonNode own) {
        Long wanted = RequestBody.numberOr(body, "amountGroups", null);
        boolean dynamic = Boolean.TRUE.equals(RequestBody.flag(body, "dynamic"));
        if (own.isArray()) {
            if (dynamic || wanted != null) {
                throw Refusal.CONSTRAINT.of(
                        "A rollout with 'groups' of its own is not dynamic and says no 'amountGroups'.");
            }
            if (own.isEmpty()) {
                throw Refusal.CONSTRAINT.of("'groups' is empty; leave it out, or say the groups.");
            }
        }
        long amount = own.isArray() ? own.size() : wanted == null ? 1 : wanted;
        if (amount < 1 || amount > MOST) {
            throw Refusal.CONSTRAINT.of("A rollout has from 1 to " + MOST + " groups.");
        }
        return amount;
    }

    /** As it was written, of the group or else of the rollout. */
    private static String expression(JsonNode group, JsonNode body, String condition, String usual) {
        String own = RequestBody.textOr(group.path(condition), "expression", null);
        String fallback = own == null ? RequestBody.textOr(body.path(condition), "expression", usual) : own;
        return String.valueOf(fallback);
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
            throw Refusal.CONSTRAINT.of("'targetPercentage' is a number above 0 and at most 100.");
        }
        return share;
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
            throw Refusal.CONSTRAINT.of("The expression of a threshold is a percentage, such as 50.");
        }
        return Integer.parseInt(expression) / 100.0;
    }
}
