package dev.updraft.server.event;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonRawValue;

/**
 * Something that happened.
 *
 * @param id the text of its {@link Position}
 * @param type such as {@code update.confirmed}, see docs/reference/events.md
 * @param at milliseconds since 1970
 * @param data JSON object
 */
public record Event(
        String id,
        String type,
        long at,
        @JsonProperty("data") @JsonRawValue String data) {
    public Position position() {
        return Position.parse(id);
    }
}
