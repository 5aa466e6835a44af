package dev.updraft.server.metric;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.image.Sha256;
import dev.updraft.server.testing.Await;
import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.Images;
import dev.updraft.server.testing.SimulatedDevice;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class MetricsTest {
    /** Held here because a new Helidon can hide its socket, and then downloads would quietly cost seven times as much. */
    @Test
    void aLargeDownloadGoesFromThePageCacheToTheSocketAndAChipsRangeIsCopied(@TempDir Path data) {
        try (Fixture fixture = new Fixture(data)) {
            byte[] image = Images.image("stm32f407", 1, 1, 0, 300_000);
            fixture.publish(image);
            SimulatedDevice device = fixture.device("d1");
            String path = "/device/v1/artifacts/" + Fixture.hex(Sha256.of(image));
            assertThat(fixture.send(fixture.request(path, device.token)).body()).isEqualTo(image);
            assertThat(fixture.send(fixture.request(path, device.token).header("Range", "bytes=0-4095"))
                            .status())
                    .isEqualTo(206);
            Await.until(() -> fixture.get("/metrics").text().contains("{way=\"copied\"} 4096\n"));
            assertThat(fixture.get("/metrics").text()).contains("{way=\"sendfile\"} " + image.length + "\n");
        }
    }

    private static Set<String> names(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void theDashboardShowsTheMetricsThatThereAre(@TempDir Path data) {
        try (Fixture fixture = new Fixture(data)) {
            Set<String> there = names(
                    Pattern.compile("# TYPE (\\w+) "), fixture.get("/metrics").text());
            JsonNode dashboard = fixture.get("/metrics/grafana.json").json();
            StringBuilder shown = new StringBuilder();
            dashboard
                    .path("panels")
                    .forEach(panel -> panel.path("targets")
                            .forEach(target ->
                                    shown.append(target.path("expr").asString()).append('\n')));
            assertThat(names(Pattern.compile("(updraft_\\w+)"), shown.toString()))
                    .isEqualTo(there);
        }
    }

    @Test
    void metricsAreForTheFirstTenantAlone(@TempDir Path data) {
        try (Fixture fixture = new Fixture(data)) {
            String acme = fixture.post("/api/v1/tenants", Map.of("name", "acme"))
                    .json()
                    .path("token")
                    .asString();
            for (String path : List.of("/metrics", "/metrics/grafana.json")) {
                assertThat(fixture.send(fixture.request(path, acme).GET()).status())
                        .isEqualTo(403);
                assertThat(fixture.get(path).status()).isEqualTo(200);
            }
        }
    }
}
