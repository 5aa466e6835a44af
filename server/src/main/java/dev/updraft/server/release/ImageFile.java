package dev.updraft.server.release;

import dev.updraft.image.Header;
import dev.updraft.image.Image;
import dev.updraft.image.ImageException;
import dev.updraft.image.InstallCheck;
import dev.updraft.image.Tlv;
import dev.updraft.image.board.Board;
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

    private static final Set<Integer> RSA = Set.of(0x20, 0x23);
    private static final int ECDSA = 0x22;

    /** Bytes that DER takes for two numbers of 256 bits at most. */
    private static final int P256_SIGNATURE = 72;

    /** @throws Problem 400 if {@code file} is not a signed image that a bootloader of Updraft's could install */
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
        requireInstallable(image);
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

    /**
     * That {@code file} can be installed on {@code board}, as the signer sees it; of boards of somebody's own the server knows nothing.
     *
     * @throws Problem 400 with every reason why not
     */
    static void requireInstallable(byte[] file, String board) {
        // By its name only: what the name of a board is must never be taken for a path here.
        if (!Board.names().contains(board)) {
            return;
        }
        try {
            InstallCheck.check(Board.find(board), Image.parse(file));
        } catch (ImageException e) {
            throw Problem.badRequest(e.getMessage() + " A board with another map needs another name.");
        }
    }

    /** What no bootloader of Updraft's can install, whatever the board, is turned away here, and not by every device. */
    private static void requireInstallable(Image image) {
        if (image.tlvs().stream().map(Tlv::type).anyMatch(RSA::contains)) {
            throw Problem.badRequest("The image is signed with an RSA key; the bootloader verifies P-256 signatures:"
                    + " sign it with such a key.");
        }
        if (image.tlvs().stream()
                .anyMatch(tlv -> tlv.type() == ECDSA && tlv.value().length() > P256_SIGNATURE)) {
            throw Problem.badRequest("The image is signed with a key of another curve than P-256, which the bootloader"
                    + " does not verify: sign it with a P-256 key.");
        }
        if (image.header().has(Header.COMPRESSED_LZMA1 | Header.COMPRESSED_LZMA2)) {
            throw Problem.badRequest("The image is packed with LZMA, which the bootloader cannot unpack; sign it with"
                    + " 'updraft image sign --compress', or unpacked.");
        }
    }
}
