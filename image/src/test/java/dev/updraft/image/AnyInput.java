package dev.updraft.image;

import dev.updraft.image.firmware.Firmware;
import dev.updraft.image.key.VerifyingKey;

/**
 * What must hold of any input whatever: it is read as something good, or refused with a sentence. Two drive it:
 * {@link Mutations}, blindly and very often, and Jazzer, which looks for inputs that reach new code (bench/image/fuzz).
 */
public final class AnyInput {
    private static final VerifyingKey KEY = VerifyingKey.read(Vectors.text("sign-p256.pem"));

    private AnyInput() {}

    /** The entry that Jazzer calls. */
    public static void fuzzerTestOneInput(byte[] input) {
        isGood(input);
    }

    /** @return whether it was read; false if it was refused with a sentence */
    static boolean isGood(byte[] input) {
        try {
            read(input);
            return true;
        } catch (ImageException refused) {
            if (String.valueOf(refused.getMessage()).length() < 10) {
                throw new AssertionError("refused without a sentence", refused);
            }
            return false;
        }
    }

    private static void read(byte[] input) {
        if (!Image.looksLikeImage(input)) {
            Firmware firmware = Firmware.read(input);
            long content = firmware.contents().length();
            if (content > 4L * input.length + Firmware.MAX_GAP) {
                throw new IllegalStateException(input.length + " bytes became " + content);
            }
            return;
        }
        Image image = Image.parse(input);
        int length = image.bytes().length() + image.trailing().length();
        if (length != input.length) {
            throw new IllegalStateException(input.length + " bytes were read as " + length);
        }
        image.board();
        image.securityCounter();
        image.dependencies();
        if (image.packing().isPresent()) {
            image.unpack();
        }
        image.verifyDigest();
        if (image.header().payloadSize() % 8 == 0) { // a signature takes long: one in a few
            image.verify(KEY);
        }
    }
}
