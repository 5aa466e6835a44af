package dev.updraft.server.release;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.updraft.server.fleet.Digest;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One version of the firmware, with an image for each board it is for.
 *
 * @param from which versions may move to it, see {@link VersionRange}; empty = every one
 */
public record Release(
        @JsonProperty("id") long key,
        @JsonIgnore long tenant,
        String version,
        String notes,
        String from,
        State state,
        long created,
        List<Image> images) {

    /** Whether devices may get it. */
    public enum State {
        /** Being put together: nobody gets it. */
        DRAFT,
        /** Fixed: rollouts may offer it. */
        PUBLISHED,
        /** Offered never again. */
        WITHDRAWN;

        @JsonValue
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The image for one board.
     *
     * @param digest what the device runs afterwards
     * @param sha256 address of the file in the artifact store
     * @param size of that file in bytes
     * @param needs sum of the capabilities that a device must have to take it
     * @param counter its security counter
     */
    public record Image(
            String board,
            Digest digest,
            String sha256,
            long size,
            @JsonIgnore long needs,
            @JsonIgnore long counter) {}

    /** The image for {@code board}, if this release has one. */
    public @Nullable Image imageFor(String board) {
        for (Image image : images) {
            if (image.board().equals(board)) {
                return image;
            }
        }
        return null;
    }

    public Release withState(State to) {
        return new Release(key, tenant, version, notes, from, to, created, images);
    }

    Release withImages(List<Image> to) {
        return new Release(key, tenant, version, notes, from, state, created, List.copyOf(to));
    }
}
