package dev.updraft.server.console;

import dev.updraft.server.http.Problem;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code /console/rollouts/new}: what and for whom; how; and what would happen, before anything does. */
final class NewRollout {
    private static final int LAST = 3;

    void pages(Console.Paths paths) {
        paths.get("/rollouts/new", this::begin).post("/rollouts/new", this::step);
    }

    private void begin(Visit visit) {
        Form form = Form.empty()
                .with("filter", visit.query("filter"))
                .with("release", visit.query("release"))
                .with("stages", "5 25 100")
                .with("success", "90")
                .with("failures", "2")
                .with("retries", "0")
                .with("zone", "UTC");
        show(visit, form, 1, null);
    }

    private void step(Visit visit) {
        Form form = visit.form();
        int from = form.value("step").matches("[123]") ? Integer.parseInt(form.value("step")) : 1;
        if (form.has("back")) {
            show(visit, form, Math.max(1, from - 1), null);
            return;
        }
        // What an earlier step has asked for is looked at again: the fleet and the releases may have changed since.
        Map<String, Object> wanted = wanted(visit, form);
        int wrong = firstWrong(form);
        if (wrong <= from) {
            show(visit, form, wrong, null);
            return;
        }
        RolloutPages.@Nullable Reach preview = null;
        if (from >= 2) {
            try {
                if (from == LAST && form.has("start")) {
                    long id = visit.api()
                            .post(Api.Question.of("/rollouts"), wanted)
                            .path("id")
                            .asLong();
                    visit.redirect(Console.HOME + "/rollouts/" + id, "The rollout is made.");
                    return;
                }
                preview = visit.api().ask(Api.Question.of("/rollouts/preview"), wanted, RolloutPages.Reach.class);
            } catch (Problem problem) {
                blame(form, problem);
                show(visit, form, firstWrong(form), null);
                return;
            }
        }
        show(visit, form, Math.min(LAST, from + 1), preview);
    }

    private static void show(Visit visit, Form form, int step, RolloutPages.@Nullable Reach preview) {
        Map<String, Object> what = new HashMap<>();
        what.put("form", form);
        what.put("step", step);
        what.put(
                "releases",
                ReleasePages.all(visit).stream()
                        .filter(release -> release.state().equals("published"))
                        .toList()
                        .reversed());
        what.put("groups", DevicePages.groups(visit));
        if (preview != null) {
            what.put("preview", preview);
        }
        visit.show(form.isWrong() ? 422 : 200, "rollout-new", "New rollout", "rollouts", what);
    }

    /** The step in which the first mistake is to be mended; one behind the last if there is none. */
    private static int firstWrong(Form form) {
        for (String field : form.errors().keySet()) {
            if (List.of("release", "filter", "name").contains(field)) {
                return 1;
            }
        }
        return form.isWrong() ? 2 : LAST + 1;
    }

    /** Which field the API's sentence is about. */
    private static void blame(Form form, Problem problem) {
        String sentence = problem.sentence();
        String field = sentence.contains("stage")
                ? "stages"
                : sentence.contains("acceptableFailures")
                        ? "failures"
                        : sentence.contains("retries")
                                ? "retries"
                                : sentence.contains("window") ? "from" : problem.status() == 400 ? "filter" : "release";
        form.wrong(field, sentence);
    }

    private Map<String, Object> wanted(Visit visit, Form form) {
        if (!form.value("release").matches("\\d{1,18}")) {
            form.wrong("release", "Choose a release; only published ones can be rolled out.");
        }
        if (!form.value("filter").isEmpty()) {
            try {
                visit.api()
                        .get(Api.Question.of("/devices")
                                .with("filter", form.value("filter"))
                                .with("after", "\uFFFF")
                                .with("limit", "1"));
            } catch (Problem problem) {
                form.wrong("filter", problem.sentence());
            }
        }
        Map<String, Object> options = new LinkedHashMap<>();
        put(options, "name", form.value("name"));
        put(options, "filter", form.value("filter"));
        if (form.has("stages")) {
            options.put("stages", stages(form));
            Double failures = form.number("failures");
            if (failures != null) {
                options.put("acceptableFailures", failures / 100);
            }
            Long retries = form.whole("retries");
            if (retries != null) {
                options.put("retries", retries);
            }
            window(form, options);
            start(form, options);
            for (String flag : List.of("dynamic", "downgrade", "approval", "requireRehearsal")) {
                if (form.has(flag)) {
                    options.put(flag, true);
                }
            }
        }
        String release = form.value("release");
        return Map.of("release", release.matches("\\d{1,18}") ? Long.parseLong(release) : 0L, "options", options);
    }

    private static void put(Map<String, Object> options, String name, String value) {
        if (!value.isEmpty()) {
            options.put(name, value);
        }
    }

    private static List<Map<String, Object>> stages(Form form) {
        List<Map<String, Object>> stages = new ArrayList<>();
        Double success = form.number("success");
        if (success != null && !(success >= 0 && success <= 100)) {
            form.wrong("success", "A share in percent, from 0 to 100.");
        }
        double before = 0;
        for (String text : form.value("stages").replace("%", " ").strip().split("[\\s,;]+")) {
            if (text.isEmpty()) {
                continue;
            }
            try {
                double percent = Double.parseDouble(text);
                if (!(percent > before && percent <= 100)) {
                    form.wrong("stages", "The percentages must grow and end at most at 100.");
                }
                before = percent;
                stages.add(
                        success == null
                                ? Map.of("percent", percent)
                                : Map.of("percent", percent, "success", success / 100));
            } catch (NumberFormatException e) {
                form.wrong(
                        "stages",
                        "'" + text + "' is no percentage; write numbers with spaces between, such as 5 25 100.");
            }
        }
        return stages;
    }

    private static void window(Form form, Map<String, Object> options) {
        String from = form.value("from");
        String to = form.value("to");
        if (from.isEmpty() && to.isEmpty()) {
            return;
        }
        if (from.isEmpty() || to.isEmpty()) {
            form.wrong(from.isEmpty() ? "from" : "to", "A window has a beginning and an end.");
            return;
        }
        zone(form);
        options.put("window", Map.of("from", from, "to", to, "zone", form.value("zone")));
    }

    private static void start(Form form, Map<String, Object> options) {
        if (form.value("day").isEmpty()) {
            return;
        }
        try {
            LocalTime time = form.value("time").isEmpty() ? LocalTime.MIDNIGHT : LocalTime.parse(form.value("time"));
            options.put(
                    "startAt",
                    LocalDate.parse(form.value("day"))
                            .atTime(time)
                            .atZone(zone(form))
                            .toInstant()
                            .toEpochMilli());
        } catch (DateTimeException e) {
            form.wrong("day", "Write the day as 2026-12-24 and the time as 02:00.");
        }
    }

    private static ZoneId zone(Form form) {
        try {
            return ZoneId.of(form.value("zone").isEmpty() ? "UTC" : form.value("zone"));
        } catch (DateTimeException e) {
            form.wrong("zone", "'" + form.value("zone") + "' is no time zone; write it like Europe/Berlin or UTC.");
            return ZoneId.of("UTC");
        }
    }
}
