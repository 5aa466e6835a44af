package dev.updraft.server.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class EventTypeTest {
    @Test
    void thePageListsExactlyTheTypesThatThereAre() throws IOException {
        String page = Files.readString(Path.of("../docs/reference/events.md"));
        List<String> listed = Pattern.compile("(?m)^\\| `([a-z.-]+)` \\|")
                .matcher(page)
                .results()
                .map(found -> found.group(1))
                .toList();
        assertThat(listed)
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(EventType.values()).map(EventType::label).toList());
    }
}
