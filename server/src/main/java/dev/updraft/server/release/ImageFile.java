package dev.updraft.server.release;

import dev.updraft.image.Image;
import dev.updraft.image.ImageException;
import dev.updraft.image.Tlv;
import dev.updraft.server.fleet.Capability;
import dev.updraft.server.fleet.Digest;
import dev.updraft.server.http.Problem;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the server must know of an image file (docs/reference/image.md). The server holds no key and decides nothing about trust:
 * whether the signature is right is the bootloader's to say.
 *
 * @param board null if the image does not name one
 * @param digest of the image that runs after installing: that of the unpacked image if this one is compressed
 * @param needs sum of the {@link Capability#bit} that a device must have to take it
 * @param counter its security counter
 */
record ImageFile(Version version, @Nullable String board, Digest digest, long needs, long counter) {
    /** Types of the signature TLVs: RSA-2048, ECDSA, RSA-3072, Ed25519. */
    private static final Set<Integer> SIGNATURES = Set.of(0x20, 0x22, 0x23, 0x24);

    /** @throws Problem 400 if {@code file} is not a signed image */
    static ImageFile read(byte[] file) {
        if (!Image.looksLikeImage(file)) {
            throw Problem.badRequest("This is not a firmware image: it does not start with the MCUboot magic; make one"
                    + " with 'updraft image sign'.");
        }
        try {
            return read(Image.parse(file));
        } catch (ImageException e) {
            throw Problem.badRequest(String.valueOf(e.getMessage()));
        }
    }

    private static ImageFile read(Image image) {
        if (image.tlvs().stream().map(Tlv::type).noneMatch(SIGNATURES::contains)) {
            throw Problem.badRequest("The image is not signed; sign it with 'updraft image sign'.");
        }
        dev.updraft.image.Version version = image.version();
        long needs = (image.packing().isPresent() ? Capability.HEATSHRINK.bit() : 0)
                | (image.encrypted() ? Capability.ENCRYPTED.bit() : 0);
        return new ImageFile(
                new Version(version.major(), version.minor(), version.revision(), version.build()),
                image.board().orElse(null),
                Digest.of(image.installedDigest().toArray()),
                needs,
                image.securityCounter().orElse(0));
    }
}
