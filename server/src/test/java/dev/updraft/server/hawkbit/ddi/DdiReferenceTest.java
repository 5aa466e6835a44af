package dev.updraft.server.hawkbit.ddi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.HawkbitTools;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The exchange of docs/reference/ddi.md is what happens. */
class DdiReferenceTest {
    private static final String INDENT = "    ";

    @Test
    void theCapturedExchangeIsWhatHappens(@TempDir Path data) throws IOException {
        try (Fixture fixture = new Fixture(data)) {
            HawkbitTools tools = new HawkbitTools(fixture);
            tools.set("pollingTime", "00:05:00");
            tools.target("dev-1", "token");
            byte[] file = "0123456789".getBytes(StandardCharsets.US_ASCII);
            tools.assign(tools.bundle("system", "1.0.1", "system.swu", file), "dev-1", Map.of());
            List<String> lines = exchange();
            int requests = 0;
            int at = 0;
            while (at < lines.size()) {
                String[] request = lines.get(at++).substring(2).split(" ");
                String body = isBody(lines, at) ? lines.get(at++) : "";
                String status = lines.get(at++).substring(2);
                String answer = isBody(lines, at) ? lines.get(at++) : "";
                Fixture.Answer is = fixture.send(fixture.request(request[1], null)
                        .header("Authorization", "TargetToken token")
                        .header("X-Forwarded-Host", "updates.example.com")
                        .header("Content-Type", "application/json")
                        .method(request[0], HttpRequest.BodyPublishers.ofString(body)));
                assertThat(Integer.toString(is.status())).as(request[1]).isEqualTo(status);
                assertThat(is.text().replaceAll("\\?c=\\d+", "?c=0"))
                        .as(request[1])
                        .isEqualTo(answer);
                requests++;
            }
            assertThat(requests).isEqualTo(7);
        }
    }

    private static boolean isBody(List<String> lines, int at) {
        return at < lines.size() && lines.get(at).startsWith("{");
    }

    private static List<String> exchange() throws IOException {
        Path reference = Path.of("..", "docs", "reference", "ddi.md");
        return Files.readAllLines(reference).stream()
                .dropWhile(line -> !line.startsWith("## A captured exchange"))
                .filter(line -> line.startsWith(INDENT))
                .map(String::strip)
                .toList();
    }
}
