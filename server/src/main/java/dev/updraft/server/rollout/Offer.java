package dev.updraft.server.rollout;

import dev.updraft.server.release.Release;

/** What a device is told to move to. */
public record Offer(long rollout, Release release, Release.Image image) {}
