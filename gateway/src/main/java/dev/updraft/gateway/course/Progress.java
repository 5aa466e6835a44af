package dev.updraft.gateway.course;

import org.jspecify.annotations.Nullable;

/**
 * How far one device is.
 *
 * @param id null while it is not known who it is
 * @param version that runs
 * @param state in one word: {@code looking}, {@code up-to-date}, {@code fetching}, {@code uploading}, {@code installing}, {@code trial},
 *     {@code confirmed}, {@code rolled-back}, {@code refused}, {@code waiting}, {@code away}
 * @param percent of the upload; -1 when none is under way
 * @param detail what is in the way, for people
 */
public record Progress(
        @Nullable String id,
        @Nullable String version,
        String state,
        int percent,
        @Nullable String detail) {
    public static final Progress LOOKING = new Progress(null, null, "looking", -1, null);

    Progress now(String newState) {
        return new Progress(id, version, newState, -1, null);
    }

    Progress uploading(int newPercent) {
        return new Progress(id, version, "uploading", newPercent, null);
    }

    /** The same, held up by something. */
    public Progress with(String newState, @Nullable String newDetail) {
        return new Progress(id, version, newState, -1, newDetail);
    }
}
