package dev.updraft.server.store;

import org.jspecify.annotations.Nullable;

/**
 * Something that another process has changed.
 *
 * @param at milliseconds since 1970 when it did
 * @param subject key of what it changed
 * @param detail what the topic needs beyond the key
 */
public record Change(
        Topic topic, long at, long subject, @Nullable String detail) {}
