package dev.updraft.server.hawkbit.management;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.server.testing.Fixture;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** hawkBit's APIs answer as hawkBit does: calls.tsv, call after call. */
class CallsTest {
    private static final Pattern FILE = Pattern.compile("file (.*) = (\\d+) x (.*)", Pattern.DOTALL);
    private static final int TRIES = 20_000;

    private record Call(
            String name, String status, String method, String path, String headers, String body, String shape) {
        static Call of(String line) {
            String[] parts = line.split("\t", -1);
            return new Call(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], parts[6]);
        }

        int expected() {
            return Integer.parseInt(status.replaceAll("[!~]", ""));
        }

        boolean takesAMoment() {
            return status.startsWith("~");
        }
    }

    @Test
    void everyCallIsAnsweredAsHawkbitDoes(@TempDir Path data) throws IOException, InterruptedException {
        List<String> wrong = new ArrayList<>();
        try (Fixture fixture = new Fixture(data)) {
            fixture.post("/api/v1/users", java.util.Map.of("name", "admin", "role", "admin"));
            fixture.put("/api/v1/users/admin/password", java.util.Map.of("password", "a long password"));
            for (Call call : calls()) {
                Fixture.Answer answer = fixture.send(request(fixture, call));
                for (int i = 0; call.takesAMoment() && answer.status() != call.expected() && i < TRIES; i++) {
                    answer = fixture.send(request(fixture, call));
                }
                if (answer.status() != call.expected()) {
                    wrong.add(call.name() + ": " + answer.status() + " and not " + call.expected() + ": "
                            + answer.text());
                } else if (!call.shape().isEmpty() && !shape(answer.json()).equals(call.shape())) {
                    wrong.add(call.name() + ": " + shape(answer.json()) + "\nand not " + call.shape());
                } else if (answer.status() >= 400 && call.path().startsWith("/rest/v1/")) {
                    requireReason(call, answer, wrong);
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    private static void requireReason(Call call, Fixture.Answer answer, List<String> wrong) {
        JsonNode why = answer.json();
        if (!why.path("errorCode").asString("").startsWith("hawkbit.server.error.")
                || why.path("exceptionClass").asString("").isEmpty()
                || why.path("message").asString("").isEmpty()) {
            wrong.add(call.name() + ": says not why: " + answer.text());
        }
    }

    private static List<Call> calls() throws IOException {
        try (InputStream in = Objects.requireNonNull(CallsTest.class.getResourceAsStream("calls.tsv"))) {
            return new String(in.readAllBytes(), UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(Call::of)
                    .toList();
        }
    }

    private static HttpRequest.Builder request(Fixture fixture, Call call) {
        // Nobody's: what calls as an operator says so itself.
        HttpRequest.Builder request =
                fixture.request(call.path().replace("{", "%7B").replace("}", "%7D"), null);
        if (!call.headers().contains("Authorization: ") && !call.headers().contains("nobody")) {
            String login = Base64.getEncoder().encodeToString("admin:a long password".getBytes(UTF_8));
            request.header("Authorization", "Basic " + login);
        }
        boolean typed = false;
        for (String header : call.headers().split("; ")) {
            int colon = header.indexOf(": ");
            if (colon > 0) {
                request.header(header.substring(0, colon), header.substring(colon + 2));
                typed |= header.startsWith("Content-Type");
            }
        }
        Matcher file = FILE.matcher(call.body());
        if (file.matches()) {
            String content = file.group(3).repeat(Integer.parseInt(file.group(2)));
            return request.header("Content-Type", "multipart/form-data; boundary=line")
                    .method(call.method(), BodyPublishers.ofByteArray(form(file.group(1), content)));
        }
        if (call.body().isEmpty()) {
            return request.method(call.method(), BodyPublishers.noBody());
        }
        if (!typed) {
            request.header("Content-Type", "application/json");
        }
        return request.method(call.method(), BodyPublishers.ofString(call.body(), UTF_8));
    }

    private static byte[] form(String name, String content) {
        ByteArrayOutputStream form = new ByteArrayOutputStream();
        form.writeBytes(("--line\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name
                        + "\"\r\nContent-Type: application/octet-stream\r\n\r\n" + content + "\r\n--line--\r\n")
                .getBytes(UTF_8));
        return form.toByteArray();
    }

    /** The members of what came, sorted; of a list those of its first element. */
    private static String shape(JsonNode node) {
        if (node.isObject()) {
            TreeMap<String, String> members = new TreeMap<>();
            node.properties().forEach(member -> members.put(member.getKey(), shape(member.getValue())));
            List<String> all = new ArrayList<>();
            members.forEach((name, shape) -> all.add(name + shape));
            return "{" + String.join(" ", all) + "}";
        }
        return node.isArray() ? "[" + (node.isEmpty() ? "" : shape(node.get(0))) + "]" : "";
    }
}
