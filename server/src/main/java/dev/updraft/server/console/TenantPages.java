package dev.updraft.server.console;

import dev.updraft.server.http.Problem;
import io.helidon.http.Method;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** {@code /console/webhooks}, {@code tenants} and {@code settings}: what holds for a whole tenant. */
final class TenantPages {
    record Webhook(
            long id,
            String name,
            String url,
            List<String> types,
            long created,
            long failures,
            @Nullable String problem) {}

    record WebhookList(List<Webhook> webhooks) {}

    record TenantList(List<String> tenants) {}

    void pages(Console.Paths paths) {
        paths.get("/webhooks", visit -> webhooks(visit, 200, Form.empty()))
                .post("/webhooks", this::addWebhook)
                .post("/webhooks/{id}/remove", this::removeWebhook)
                .get("/tenants", visit -> tenants(visit, 200, Form.empty()))
                .post("/tenants", this::addTenant)
                .get("/settings", this::settings)
                .post("/settings", this::change);
    }

    private static void webhooks(Visit visit, int status, Form form) {
        List<Webhook> webhooks =
                visit.api().get(Api.Question.of("/webhooks"), WebhookList.class).webhooks();
        visit.show(status, "webhooks", "Webhooks", "webhooks", Map.of("webhooks", webhooks, "form", form));
    }

    private void addWebhook(Visit visit) {
        Form form = visit.form();
        Map<String, Object> wanted = new LinkedHashMap<>();
        wanted.put("name", form.value("name"));
        wanted.put("url", form.value("url"));
        List<String> types = form.value("types").isEmpty()
                ? List.of()
                : Arrays.asList(form.value("types").split("[\\s,]+"));
        wanted.put("types", types);
        try {
            String secret = visit.api()
                    .post(Api.Question.of("/webhooks"), wanted)
                    .path("secret")
                    .asString();
            visit.show(
                    "secret",
                    "Webhook " + form.value("name"),
                    "webhooks",
                    Map.of(
                            "done",
                            "The webhook is made.",
                            "hint",
                            "With this secret its receiver checks that an event is from here. Copy it now: it is shown only here.",
                            "secret",
                            secret,
                            "back",
                            Console.HOME + "/webhooks",
                            "backText",
                            "Back to the list"));
        } catch (Problem problem) {
            String sentence = problem.sentence();
            boolean ofUrl = sentence.contains("address") || sentence.contains("http") || sentence.contains("URL");
            form.wrong(
                    sentence.contains("no events")
                            ? "types"
                            : sentence.contains("name of") || problem.status() == 409 || !ofUrl ? "name" : "url",
                    sentence);
            webhooks(visit, 422, form);
        }
    }

    private void removeWebhook(Visit visit) {
        visit.api().change(Method.DELETE, Api.Question.of("/webhooks/{id}", visit.name("id")), Map.of());
        visit.redirect(Console.HOME + "/webhooks", "The webhook is removed.");
    }

    private static void tenants(Visit visit, int status, Form form) {
        List<String> tenants =
                visit.api().get(Api.Question.of("/tenants"), TenantList.class).tenants();
        visit.show(status, "tenants", "Tenants", "tenants", Map.of("tenants", tenants, "form", form));
    }

    private void addTenant(Visit visit) {
        Form form = visit.form();
        try {
            String token = visit.api()
                    .post(Api.Question.of("/tenants"), Map.of("name", form.value("name")))
                    .path("token")
                    .asString();
            visit.show(
                    "secret",
                    "Tenant " + form.value("name"),
                    "tenants",
                    Map.of(
                            "done",
                            "The tenant is made.",
                            "hint",
                            "This is its first admin token: log in with it, or give it to whoever runs that fleet. It is shown only here.",
                            "secret",
                            token,
                            "back",
                            Console.HOME + "/tenants",
                            "backText",
                            "Back to the list"));
        } catch (Problem problem) {
            form.wrong("name", problem.sentence());
            tenants(visit, 422, form);
        }
    }

    private void settings(Visit visit) {
        JsonNode rule = visit.api().get(Api.Question.of("/settings"));
        Form form = Form.empty()
                .with("rehearsalCuts", rule.path("rehearsalCuts").asString())
                .with("rehearsalBootloaders", joined(rule.path("rehearsalBootloaders")))
                .with("rehearsalKeys", joined(rule.path("rehearsalKeys")));
        for (String flag : List.of("requireRehearsal", "requireApproval", "rehearsalApplication")) {
            if (rule.path(flag).asBoolean(false)) {
                form.with(flag, "on");
            }
        }
        visit.show("settings", "Settings", "settings", Map.of("form", form));
    }

    private static String joined(JsonNode texts) {
        return String.join("\n", texts.valueStream().map(JsonNode::asString).toList());
    }

    private void change(Visit visit) {
        Form form = visit.form();
        Map<String, Object> wanted = new LinkedHashMap<>();
        for (String flag : List.of("requireRehearsal", "requireApproval", "rehearsalApplication")) {
            wanted.put(flag, form.has(flag));
        }
        Long cuts = form.whole("rehearsalCuts");
        if (cuts != null) {
            wanted.put("rehearsalCuts", cuts);
        }
        wanted.put(
                "rehearsalBootloaders",
                form.value("rehearsalBootloaders").isEmpty()
                        ? List.of()
                        : List.of(form.value("rehearsalBootloaders").split("\\s+")));
        wanted.put("rehearsalKeys", keys(form.raw("rehearsalKeys")));
        if (!form.isWrong()) {
            try {
                visit.api().change(Method.PATCH, Api.Question.of("/settings"), wanted);
                visit.redirect(Console.HOME + "/settings", "The settings are changed.");
                return;
            } catch (Problem problem) {
                if (problem.status() != 400) {
                    throw problem;
                }
                String sentence = problem.sentence();
                form.wrong(
                        sentence.contains("rehearsalCuts")
                                ? "rehearsalCuts"
                                : sentence.contains("bootloader is named") ? "rehearsalBootloaders" : "rehearsalKeys",
                        sentence);
            }
        }
        visit.showAgain("settings", "Settings", "settings", Map.of("form", form));
    }

    /** Each begins with its line of dashes. */
    private static List<String> keys(String text) {
        String plain = text.replace("\r", "").strip();
        return plain.isEmpty()
                ? List.of()
                : Arrays.stream(plain.split("(?m)(?=^-----BEGIN)"))
                        .map(String::strip)
                        .filter(key -> !key.isEmpty())
                        .map(key -> key + "\n")
                        .toList();
    }
}
