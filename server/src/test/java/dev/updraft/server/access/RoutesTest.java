package dev.updraft.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.RawClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may do what, for every route that there is, however its path is spelled. */
class RoutesTest {
    private static final String OUT_OF_SCOPE = "only, and this is";

    /**
     * The classes that may put routes where no operator's token is asked for: devices show what they are, and the console asks the table
     * for all that it shows (ConsoleSafetyTest); the technician's page is files alone.
     */
    private static final Set<String> FOR_DEVICES = Set.of(
            "DeviceApi.java", "DdiApi.java", "Routes.java", "Server.java", "Console.java", "TechnicianPage.java");

    private Fixture fixture;

    @BeforeEach
    void start(@TempDir Path data) {
        fixture = new Fixture(data);
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private String token(Role role, List<String> scopes) {
        return fixture.post("/api/v1/tokens", Map.of("name", "t", "role", role.label(), "scopes", scopes))
                .json()
                .path("token")
                .asString();
    }

    private static String concrete(Routes.Route route) {
        return route.path().replaceAll("\\{\\w+}", "999999");
    }

    /** Of the same path; true with those that mean the very same. */
    private static Map<String, Boolean> spellings(Routes.Route route) {
        String path = concrete(route);
        int last = path.lastIndexOf('/');
        String parent = path.substring(0, last);
        String name = path.substring(last + 1);
        String encoded = "%%%02x".formatted((int) name.charAt(0)) + name.substring(1);
        Map<String, Boolean> all = new LinkedHashMap<>();
        all.put(path, true);
        all.put(parent + "/" + encoded, true);
        all.put("/metrics/.." + path, false);
        all.put("/metrics/%2e%2e" + path, false);
        all.put("/metrics/%2E." + path, false);
        all.put(parent + "/./" + name, false);
        all.put(parent + "//" + name, false);
        all.put(path + ";a", false);
        all.put(path + "/", false);
        all.put(path + "%00", false);
        all.put(parent + "%5c" + name, false);
        all.put(parent + "%2f" + name, false);
        all.put(parent + "/" + encoded.replace("%", "%25"), false);
        return all;
    }

    private static String query(Routes.Route route) {
        return route.path().equals("/api/v1/events") ? "?wait=false" : "";
    }

    @Test
    void everyRouteHoldsEveryScopeInEverySpelling() throws IOException {
        Set<String> wrong = new TreeSet<>();
        List<String> scopes = Scopes.PARTS.stream()
                .flatMap(part -> Stream.of(part, part + ":read"))
                .toList();
        for (String scope : scopes) {
            String token = token(Role.ADMIN, List.of(scope));
            List<Asked> all = new ArrayList<>();
            for (Routes.Route route : fixture.server().routes()) {
                boolean may = route.role() == null
                        || scope.equals(route.scope())
                        || (route.reads() && scope.equals(route.scope() + ":read"));
                spellings(route)
                        .forEach((path, same) ->
                                all.add(new Asked(route.method().text() + " " + path + query(route), same, may)));
            }
            check(all, token, wrong, scope);
        }
        assertThat(wrong).isEmpty();
    }

    /** @param same whether it means the plain path */
    private record Asked(String line, boolean same, boolean may) {}

    private void check(List<Asked> all, String token, Set<String> wrong, String scope) throws IOException {
        try (RawClient client = new RawClient(fixture)) {
            List<RawClient.Answer> answers =
                    client.send(all.stream().map(Asked::line).toList(), token);
            for (int i = 0; i < answers.size(); i++) {
                RawClient.Answer answer = answers.get(i);
                Asked asked = all.get(i);
                boolean denied = answer.status() == 403 && answer.body().contains(OUT_OF_SCOPE);
                if (asked.same() ? denied == asked.may() || answer.status() == 401 : answer.status() != 400) {
                    wrong.add(scope + ": " + asked.line() + " -> " + answer);
                }
            }
        }
    }

    @Test
    void everyRouteHoldsEveryRole() throws IOException {
        Set<String> wrong = new TreeSet<>();
        for (Role role : Role.values()) {
            String token = token(role, List.of());
            try (RawClient client = new RawClient(fixture)) {
                for (Routes.Route route : fixture.server().routes()) {
                    String line = route.method().text() + " " + concrete(route) + query(route);
                    RawClient.Answer answer = client.send(List.of(line), token).getFirst();
                    boolean denied = answer.status() == 403 && answer.body().contains("has the role");
                    boolean may = route.role() == null || role.covers(route.role());
                    if (denied == may || answer.status() == 401) {
                        wrong.add(role + ": " + line + " -> " + answer);
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void withoutATokenOnlyWhatIsOpenAnswers() throws IOException {
        List<String> open = new ArrayList<>();
        try (RawClient client = new RawClient(fixture)) {
            for (Routes.Route route : fixture.server().routes()) {
                String line = route.method().text() + " " + concrete(route);
                if (client.send(List.of(line), "nobody's").getFirst().status() != 401) {
                    open.add(line);
                }
            }
        }
        assertThat(open).containsExactlyInAnyOrder("GET /api/v1/openapi.json", "GET /health/live", "GET /health/ready");
    }

    @Test
    void thereIsNoWayToARouteButTheTable() throws IOException {
        try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
            assertThat(sources.filter(file -> file.toString().endsWith(".java"))
                            .filter(file -> read(file).contains("webserver.http.Http")
                                    && (read(file).contains("HttpRules")
                                            || read(file).contains("HttpRouting")))
                            .map(file -> file.getFileName().toString())
                            .filter(name -> !FOR_DEVICES.contains(name))
                            .filter(name -> !name.equals("Errors.java")))
                    .isEmpty();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
