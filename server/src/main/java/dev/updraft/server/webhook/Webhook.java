package dev.updraft.server.webhook;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.updraft.server.event.Position;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where events are sent.
 *
 * @param types of events; empty = all
 * @param seen the last event that was taken there
 * @param failures in a row
 * @param nextAt milliseconds since 1970 from when it is tried again
 * @param problem why it failed last
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Webhook(
        @JsonProperty("id") long key,
        @JsonIgnore long tenant,
        String name,
        String url,
        @JsonIgnore String secret,
        List<String> types,
        long created,
        @JsonIgnore Position seen,
        long failures,
        @JsonIgnore long nextAt,
        @Nullable String problem) {
    boolean wants(String type) {
        return types.isEmpty() || types.contains(type);
    }
}
