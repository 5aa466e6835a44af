package dev.updraft.server.rollout;

import dev.updraft.server.release.Release;

/**
 * What a device is told to move to.
 *
 * @param again the device turned this image down before, and is to try it all the same
 */
public record Offer(long rollout, Release release, Release.Image image, boolean again) {
    Offer(long rollout, Release release, Release.Image image) {
        this(rollout, release, image, false);
    }

    /** The same, as {@code attempt} at it. */
    Offer as(Update attempt) {
        return new Offer(rollout, release, image, attempt.attempts() > 1);
    }
}
