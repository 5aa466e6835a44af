package dev.updraft.server.fleet;

import java.util.Map;

/**
 * What a device says of itself when it checks in.
 *
 * @param digest of the running image
 * @param room bytes that staging can take
 * @param can sum of {@link Capability#bit}
 * @param trial true while the running image is not confirmed
 * @param counter security counter that the bootloader holds
 */
public record CheckIn(
        Digest digest,
        String version,
        String board,
        long room,
        long can,
        boolean trial,
        long counter,
        Map<String, String> attributes) {

    /** True for a device that installs files of any format, not only images for its board. */
    public boolean takesFiles() {
        return (can & Capability.FILES.bit()) != 0;
    }

    public CheckIn running(Digest nowDigest, String nowVersion) {
        return new CheckIn(nowDigest, nowVersion, board, room, can, false, counter, attributes);
    }
}
