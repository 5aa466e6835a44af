package dev.updraft.server.fleet;

import java.util.Map;

/**
 * What a device says of itself when it checks in.
 *
 * @param digest of the running image
 * @param stagingSize bytes that staging can take
 * @param capabilities sum of {@link Capability#bit}
 * @param trial true while the running image is not confirmed
 * @param counter security counter that the bootloader holds
 */
public record CheckIn(
        Digest digest,
        String version,
        String board,
        long stagingSize,
        long capabilities,
        boolean trial,
        long counter,
        Map<String, String> attributes) {

    /** True for a device that installs files of any format, not only images for its board. */
    public boolean takesFiles() {
        return (capabilities & Capability.FILES.bit()) != 0;
    }

    public CheckIn running(Digest nowDigest, String nowVersion) {
        return new CheckIn(nowDigest, nowVersion, board, stagingSize, capabilities, false, counter, attributes);
    }
}
