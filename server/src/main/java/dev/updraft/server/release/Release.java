package dev.updraft.server.release;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.updraft.server.fleet.CheckIn;
import dev.updraft.server.fleet.Digest;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One version of the firmware, with an image for each board it is for; or files for devices that take any format.
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
        List<Image> images,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<File> files) {

    /** In place of a board: the one image of a release of files, which has their common digest. */
    static final String ANY_BOARD = "*";

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

    /**
     * One file of a software module.
     *
     * @param module hawkBit's number of the module
     * @param part the module's type, such as {@code os}
     * @param name of the module
     * @param version of the module
     * @param filename null with {@code sha256} for a module that has no file
     * @param sha256 address of the file in the artifact store
     */
    public record File(
            @JsonIgnore long module,
            String part,
            String name,
            String version,
            @Nullable String filename,
            @Nullable String sha256,
            long size) {}

    /** The image for {@code board}, if this release has one. */
    public @Nullable Image imageFor(String board) {
        for (Image image : images) {
            if (image.board().equals(board)) {
                return image;
            }
        }
        return null;
    }

    /** The image for a device that says {@code facts} of itself. */
    public @Nullable Image imageFor(CheckIn facts) {
        Image image = imageFor(facts.board());
        return image == null && facts.takesFiles() ? imageFor(ANY_BOARD) : image;
    }

    /** The image of a release that has just one, whatever it is for. */
    public @Nullable Image onlyImage() {
        return images.size() == 1 ? images.getFirst() : null;
    }

    /** Whether devices can be given {@code image}: not if one of its files is among {@code damaged}. */
    public boolean canServe(Image image, Set<String> damaged) {
        return damaged.isEmpty()
                || (!damaged.contains(image.sha256())
                        && files.stream().noneMatch(file -> file.sha256() != null && damaged.contains(file.sha256())));
    }

    public @Nullable Image imageWith(Digest digest) {
        for (Image image : images) {
            if (image.digest().equals(digest)) {
                return image;
            }
        }
        return null;
    }

    public Release withState(State to) {
        return new Release(key, tenant, version, notes, from, to, created, images, files);
    }

    Release withImages(List<Image> to) {
        return new Release(key, tenant, version, notes, from, state, created, List.copyOf(to), files);
    }
}
