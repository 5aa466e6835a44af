package dev.updraft.server.console;

import dev.updraft.server.http.Problem;
import io.helidon.http.Method;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code /console/users}, {@code tokens} and {@code provisioning}: people, tokens, and keys with which devices enrol. */
final class AccessPages {
    record User(String name, String role, long created) {}

    record UserList(List<User> users) {}

    record Token(
            long id,
            String name,
            String role,
            long created,
            @Nullable String user,
            List<String> scopes,
            @Nullable Long expires) {}

    record TokenList(List<Token> tokens) {}

    record Key(
            long id,
            String name,
            List<String> tags,
            long created,
            @Nullable Long expires,
            @Nullable Long most,
            @Nullable Long used) {}

    record KeyList(List<Key> keys) {}

    void pages(Console.Paths paths) {
        paths.get("/users", visit -> users(visit, 200, Form.empty()))
                .post("/users", this::addUser)
                .post("/users/{name}/password", this::setPassword)
                .post("/users/{name}/remove", this::removeUser)
                .get("/tokens", visit -> tokens(visit, 200, Form.empty()))
                .post("/tokens", this::addToken)
                .post("/tokens/{id}/revoke", this::revokeToken)
                .get("/provisioning", visit -> keys(visit, 200, Form.empty()))
                .post("/provisioning", this::addKey)
                .post("/provisioning/{id}/revoke", this::revokeKey);
    }

    private static void users(Visit visit, int status, Form form) {
        List<User> users =
                visit.api().get(Api.Question.of("/users"), UserList.class).users();
        visit.show(status, "users", "Users", "users", Map.of("users", users, "form", form));
    }

    private void addUser(Visit visit) {
        Form form = visit.form();
        String password = form.raw("password");
        if (!password.isEmpty() && (password.length() < 12 || password.length() > 128)) {
            form.wrong("password", "A password has 12 to 128 characters.");
            users(visit, 422, form);
            return;
        }
        try {
            visit.api().post(Api.Question.of("/users"), Map.of("name", form.value("name"), "role", form.value("role")));
            if (!password.isEmpty()) {
                visit.api()
                        .change(
                                Method.PUT,
                                new Api.Question(
                                        "/users/{name}/password", Map.of("name", form.value("name")), Map.of()),
                                Map.of("password", password));
            }
        } catch (Problem problem) {
            form.wrong(problem.sentence().contains("assword") ? "password" : "name", problem.sentence());
            users(visit, 422, form);
            return;
        }
        visit.redirect(Console.HOME + "/users", form.value("name") + " is added.");
    }

    private void setPassword(Visit visit) {
        Form form = visit.form();
        String name = visit.name("name");
        try {
            visit.api()
                    .change(
                            Method.PUT,
                            new Api.Question("/users/{name}/password", Map.of("name", name), Map.of()),
                            Map.of("password", form.raw("new-password")));
        } catch (Problem problem) {
            if (problem.status() != 400) {
                throw problem;
            }
            form.wrong("new-password", problem.sentence());
            form.with("of", name);
            users(visit, 422, form);
            return;
        }
        visit.redirect(
                Console.HOME + "/users",
                "The password of " + name + " is set; whoever was logged in with the old one is out.");
    }

    private void removeUser(Visit visit) {
        String name = visit.name("name");
        visit.api().change(Method.DELETE, new Api.Question("/users/{name}", Map.of("name", name), Map.of()), Map.of());
        visit.redirect(Console.HOME + "/users", name + " is removed, with all tokens and log-ins.");
    }

    private static void tokens(Visit visit, int status, Form form) {
        List<Token> tokens =
                visit.api().get(Api.Question.of("/tokens"), TokenList.class).tokens();
        visit.show(status, "tokens", "API tokens", "tokens", Map.of("tokens", tokens, "form", form));
    }

    private void addToken(Visit visit) {
        Form form = visit.form();
        Map<String, Object> wanted = new LinkedHashMap<>();
        wanted.put("name", form.value("name"));
        wanted.put("role", form.value("role"));
        if (!form.value("user").isEmpty()) {
            wanted.put("user", form.value("user"));
        }
        List<String> scopes = words(form.value("scopes"));
        if (!scopes.isEmpty()) {
            wanted.put("scopes", scopes);
        }
        expires(form, wanted);
        if (!form.isWrong()) {
            try {
                String token = visit.api()
                        .post(Api.Question.of("/tokens"), wanted)
                        .path("token")
                        .asString();
                shown(visit, "Token " + form.value("name"), "The token is made.", token, "/tokens", "tokens");
                return;
            } catch (Problem problem) {
                String sentence = problem.sentence();
                form.wrong(
                        sentence.contains("scope") ? "scopes" : sentence.contains("no user") ? "user" : "name",
                        sentence);
            }
        }
        tokens(visit, 422, form);
    }

    private static void expires(Form form, Map<String, Object> wanted) {
        if (form.value("expires").isEmpty()) {
            return;
        }
        try {
            LocalDate last = LocalDate.parse(form.value("expires"));
            wanted.put(
                    "expires",
                    last.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli());
        } catch (DateTimeException e) {
            form.wrong("expires", "Write the day as 2026-12-24.");
        }
    }

    private static List<String> words(String text) {
        return text.isBlank() ? List.of() : List.of(text.strip().split("[\\s,]+"));
    }

    private static void shown(Visit visit, String title, String done, String secret, String back, String section) {
        visit.show(
                "secret",
                title,
                section,
                Map.of(
                        "done",
                        done,
                        "hint",
                        "Copy it now: it is shown only here.",
                        "secret",
                        secret,
                        "back",
                        Console.HOME + back,
                        "backText",
                        "Back to the list"));
    }

    private void revokeToken(Visit visit) {
        visit.api().change(Method.DELETE, Api.Question.of("/tokens/{id}", visit.name("id")), Map.of());
        visit.redirect(Console.HOME + "/tokens", "The token has ended, and the log-ins that were made with it.");
    }

    private static void keys(Visit visit, int status, Form form) {
        List<Key> keys = visit.api()
                .get(Api.Question.of("/provisioning-keys"), KeyList.class)
                .keys();
        visit.show(status, "provisioning", "Provisioning keys", "provisioning", Map.of("keys", keys, "form", form));
    }

    private void addKey(Visit visit) {
        Form form = visit.form();
        Map<String, Object> wanted = new HashMap<>();
        wanted.put("name", form.value("name"));
        wanted.put("tags", words(form.value("tags")));
        expires(form, wanted);
        Long most = form.whole("most");
        if (most != null) {
            wanted.put("most", most);
        }
        if (!form.isWrong()) {
            try {
                String key = visit.api()
                        .post(Api.Question.of("/provisioning-keys"), wanted)
                        .path("key")
                        .asString();
                shown(visit, "Key " + form.value("name"), "The key is made.", key, "/provisioning", "provisioning");
                return;
            } catch (Problem problem) {
                String sentence = problem.sentence();
                form.wrong(
                        sentence.contains(" tag")
                                ? "tags"
                                : sentence.contains("'most'")
                                        ? "most"
                                        : sentence.contains("'expires'") ? "expires" : "name",
                        sentence);
            }
        }
        keys(visit, 422, form);
    }

    private void revokeKey(Visit visit) {
        visit.api().change(Method.DELETE, Api.Question.of("/provisioning-keys/{id}", visit.name("id")), Map.of());
        visit.redirect(Console.HOME + "/provisioning", "No device enrols with that key any more.");
    }
}
