package dev.updraft.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PathSpellingTest {
    @Test
    void whatHasOneReadingIsTaken() {
        for (String path : List.of(
                "/",
                "/metrics",
                "/api/v1/devices/SN(42)",
                "/api/v1/devices/ger%C3%A4t-1",
                "/api/v1/devices/user%40host",
                "/default/controller/v1/d/softwaremodules/1/artifacts/fw%201.bin",
                "/a/...",
                "/a/.b",
                "/a/b..c",
                "/a%3Bb")) {
            assertThat(PathSpelling.wrong(path)).as(path).isNull();
        }
    }

    @Test
    void whatHasTwoIsRefused() {
        for (String path : List.of(
                "",
                "x",
                "//",
                "/a//b",
                "/a/",
                "/./a",
                "/a/..",
                "/a/../b",
                "/a;b",
                "/a\\b",
                "/a b",
                "/a\u0000",
                "/a%",
                "/a%4",
                "/a%zz",
                "/%2e",
                "/%2E%2e/b",
                "/a%2Fb",
                "/a%5cb",
                "/a%25",
                "/a%00",
                "/a%0a",
                "/a%7f",
                "/a%c0%af",
                "/a%ff")) {
            assertThat(PathSpelling.wrong(path)).as(path).isNotNull();
        }
    }
}
