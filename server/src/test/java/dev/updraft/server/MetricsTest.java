package dev.updraft.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class MetricsTest {
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
}
