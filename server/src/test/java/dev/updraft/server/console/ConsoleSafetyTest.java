package dev.updraft.server.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.server.testing.Fixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an attacker tries at the console with a client of their own. */
class ConsoleSafetyTest {
    private static final String PASSWORD = "correct horse battery";

    private Fixture fixture;

    @BeforeEach
    void start(@TempDir Path data) {
        fixture = new Fixture(data);
        fixture.post("/api/v1/users", Map.of("name", "ada", "role", "operator"));
        fixture.put("/api/v1/users/ada/password", Map.of("password", PASSWORD));
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private Fixture.Answer form(String path, @Nullable String cookie, Map<String, String> fields, String... headers) {
        HttpRequest.Builder request = fixture.request(path, null)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(fields.entrySet().stream()
                        .map(field ->
                                field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                        .collect(Collectors.joining("&"))));
        return fixture.send(with(request, cookie, headers));
    }

    private static HttpRequest.Builder with(HttpRequest.Builder request, @Nullable String cookie, String... headers) {
        if (cookie != null) {
            request.header("Cookie", cookie);
        }
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return request;
    }

    private Fixture.Answer page(String path, @Nullable String cookie) {
        return fixture.send(with(fixture.request(path, null).GET(), cookie, "Accept", "text/html"));
    }

    private Fixture.Answer logIn(@Nullable String cookie, String... headers) {
        return form("/console/login", cookie, Map.of("user", "ada", "password", PASSWORD), headers);
    }

    private static String cookie(Fixture.Answer answer) {
        return answer.http().headers().allValues("Set-Cookie").stream()
                .filter(one -> one.contains("updraft-session="))
                .map(one -> one.substring(0, one.indexOf(';')))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theSessionsCookieIsOutOfReachOfScriptsAndOtherSites() {
        Fixture.Answer answer = logIn(null);
        assertThat(answer.status()).isEqualTo(303);
        assertThat(answer.header("Set-Cookie"))
                .startsWith("updraft-session=")
                .contains("HttpOnly")
                .contains("SameSite=Strict")
                .contains("Path=/");
        Fixture.Answer behindTls = logIn(null, "X-Forwarded-Proto", "https");
        assertThat(behindTls.header("Set-Cookie"))
                .startsWith("__Host-updraft-session=")
                .contains("; Secure");
    }

    @Test
    void aSessionThatSomebodyPlantedIsNotTakenOver() {
        String planted = cookie(logIn(null));
        Fixture.Answer again = logIn(planted);
        assertThat(cookie(again)).isNotEqualTo(planted);
        assertThat(page("/console", planted).status()).isEqualTo(303);
        assertThat(page("/console", "updraft-session=chosen-by-somebody").status())
                .isEqualTo(303);
        // A token of the API is no session, and a session opens no other.
        assertThat(page("/console", "updraft-session=" + fixture.admin()).status())
                .isEqualTo(303);
        String secret = cookie(again).substring("updraft-session=".length());
        assertThat(form("/console/login", null, Map.of("with", "token", "token", secret))
                        .status())
                .isEqualTo(422);
    }

    @Test
    void noOtherSiteCanSendAForm() {
        String session = cookie(logIn(null));
        assertThat(form("/console/logout", session, Map.of()).status()).isEqualTo(403);
        assertThat(form("/console/logout", session, Map.of("form-token", "guessed"))
                        .status())
                .isEqualTo(403);
        String token =
                page("/console", session).text().replaceAll("(?s).*name=\"form-token\" content=\"(\\w+)\".*", "$1");
        assertThat(form("/console/logout", session, Map.of("form-token", token), "Origin", "https://elsewhere.example")
                        .status())
                .isEqualTo(403);
        assertThat(form("/console/logout", session, Map.of("form-token", token), "Sec-Fetch-Site", "cross-site")
                        .status())
                .isEqualTo(403);
        assertThat(logIn(null, "Origin", "https://elsewhere.example").status()).isEqualTo(403);
        String other = cookie(logIn(null));
        assertThat(form("/console/logout", other, Map.of("form-token", token)).status())
                .as("the token of another session")
                .isEqualTo(403);
        assertThat(page("/console", session).status()).isEqualTo(200);
        assertThat(form("/console/logout", session, Map.of("form-token", token)).status())
                .isEqualTo(303);
        assertThat(page("/console", session).status()).isEqualTo(303);
    }

    @Test
    void noPageMayBeFramedOrBringScriptsAlong() {
        String session = cookie(logIn(null));
        for (Fixture.Answer answer : List.of(
                page("/console/login", null), page("/console", session), page("/console/no-such-page", session))) {
            assertThat(answer.header("Content-Security-Policy"))
                    .contains("default-src 'none'")
                    .contains("script-src 'self'")
                    .contains("frame-ancestors 'none'")
                    .doesNotContain("unsafe");
            assertThat(answer.header("X-Frame-Options")).isEqualTo("DENY");
            assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
            assertThat(answer.text())
                    .doesNotContain(" style=")
                    .doesNotContain(" onclick=")
                    .doesNotContain("<script>");
        }
    }

    @Test
    void logInLeadsToNoOtherSite() {
        for (String to : List.of(
                "https://elsewhere.example", "//elsewhere.example", "/console/../..//x", "/\\x", "javascript:1")) {
            Fixture.Answer answer = form("/console/login", null, Map.of("user", "ada", "password", PASSWORD, "to", to));
            assertThat(answer.header("Location")).as(to).startsWith("/console");
        }
    }

    @Test
    void aLinkWithACodeWorksOnce() {
        String path = fixture.server().consolePath();
        Fixture.Answer entered = page(path, null);
        assertThat(entered.status()).isEqualTo(303);
        assertThat(page("/console", cookie(entered)).status()).isEqualTo(200);
        assertThat(page(path, null).status()).isEqualTo(403);
        assertThat(page("/console/enter?code=guessed", null).status()).isEqualTo(403);
        assertThat(page("/console/enter", null).status()).isEqualTo(403);
    }

    @Test
    void whoeverGuessesWaits() {
        Fixture.Answer last = form("/console/login", null, Map.of("user", "ada", "password", "the first guess"));
        for (int i = 0; i < 3; i++) {
            last = form("/console/login", null, Map.of("user", "ada", "password", "guess number " + i));
        }
        assertThat(last.status()).isEqualTo(422);
        assertThat(last.text()).contains("wait a second");
        assertThat(fixture.get("/api/v1/audit").text())
                .contains("/console/login")
                .contains("401");
    }

    @Test
    void aSessionEndsWithWhatItWasMadeFrom() {
        String session = cookie(logIn(null));
        assertThat(page("/console", session).status()).isEqualTo(200);
        fixture.put("/api/v1/users/ada/password", Map.of("password", "another horse battery"));
        assertThat(page("/console", session).status()).isEqualTo(303);

        Fixture.Answer made = fixture.post("/api/v1/tokens", Map.of("name", "t", "role", "viewer"));
        String token = made.json().path("token").asString();
        String byToken = cookie(form("/console/login", null, Map.of("with", "token", "token", token)));
        assertThat(page("/console", byToken).status()).isEqualTo(200);
        long id = fixture.get("/api/v1/tokens")
                .json()
                .path("tokens")
                .valueStream()
                .filter(one -> one.path("name").asString().equals("t"))
                .findFirst()
                .orElseThrow()
                .path("id")
                .asLong();
        fixture.send(fixture.request("/api/v1/tokens/" + id, fixture.admin()).DELETE());
        assertThat(page("/console", byToken).status()).isEqualTo(303);
        assertThat(fixture.get("/api/v1/tokens").json().path("tokens").size()).isEqualTo(1);
    }

    /** So there is no second way to data: whatever a page shows it has asked the operator API for. */
    @Test
    void theConsoleKnowsTheApiAndNothingBehindIt() {
        try (Stream<Path> sources = Files.walk(Path.of("src/main/java/dev/updraft/server/console"))) {
            assertThat(
                            sources.filter(file -> file.toString().endsWith(".java"))
                                    .flatMap(file -> read(file).lines())
                                    .filter(line -> line.matches("import (static )?dev\\.updraft\\..*"))
                                    .filter(
                                            line -> !line.matches(
                                                    "import dev\\.updraft\\.server\\.(access\\.(Caller|Operators|Role|Routes|Sessions)|audit\\.Audit|http\\.\\w+);")))
                    .isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
