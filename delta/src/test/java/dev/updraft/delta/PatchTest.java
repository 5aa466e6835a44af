package dev.updraft.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PatchTest {
    private static final byte[] OLD = new Linker(1, 400).link();
    private static final byte[] NEW =
            new Linker(1, 400).insert(120, 5).insert(300, 40).variable(7, 128).link();

    @ParameterizedTest
    @EnumSource
    void aReleaseThatMovesEverythingTravelsInAFewHundredBytes(RamClass ram) throws PatchException {
        byte[] patch = Patch.make(Firmware.of(OLD), Firmware.of(NEW), ram);

        assertThat(Patch.apply(Firmware.of(OLD), patch)).isEqualTo(NEW);
        assertThat(patch.length).isLessThan(64 + 400);
    }

    @ParameterizedTest
    @EnumSource
    void noImageIsNeededForAPatchFromNone(RamClass ram) throws PatchException {
        byte[] patch = Patch.make(Firmware.NONE, Firmware.of(NEW), ram);

        assertThat(Patch.apply(Firmware.of(OLD), patch)).isEqualTo(NEW);
        assertThat(patch.length).isLessThan(NEW.length * 85 / 100);
    }

    @ParameterizedTest
    @EnumSource
    void anyBytesComeBack(RamClass ram) throws PatchException {
        Random random = new Random(5);
        byte[] noise = new byte[3001];
        random.nextBytes(noise);
        byte[] moved = Arrays.copyOfRange(noise, 7, 2998);
        byte[] zeros = new byte[70_000];
        byte[] text = "The quick brown fox jumps over the lazy dog. "
                .repeat(300)
                .getBytes(java.nio.charset.StandardCharsets.UTF_8);
        byte[] one = {42};
        byte[][] all = {noise, moved, zeros, text, one, OLD, Arrays.copyOf(OLD, OLD.length - 1), new byte[] {1, 2, 3}};
        for (byte[] old : all) {
            for (byte[] target : all) {
                byte[] patch = Patch.make(Firmware.of(old), Firmware.of(target), ram);
                assertThat(Patch.apply(Firmware.of(old), patch)).isEqualTo(target);
            }
        }
    }

    @Test
    void aLargePatchComesInFramesThatNeedOnlyTheOldImageAndWhatIsWritten() throws PatchException {
        byte[] large = new byte[400_000];
        new Random(3).nextBytes(large);
        byte[] patch = Patch.make(Firmware.of(OLD), Firmware.of(large), RamClass.KB8);

        assertThat(Header.of(patch).frameSize()).isEqualTo(1 << 17);
        assertThat(Patch.apply(Firmware.of(OLD), patch)).isEqualTo(large);
    }

    @Test
    void aPatchIsForOneImage() throws PatchException {
        byte[] patch = Patch.make(Firmware.of(OLD), Firmware.of(NEW), RamClass.KB8);

        assertThatThrownBy(() -> Patch.apply(Firmware.of(NEW), patch))
                .isInstanceOf(PatchException.class)
                .hasMessageContaining("give the image that it was made from");
    }

    @Test
    void whatIsDamagedIsRefused() throws PatchException {
        byte[] patch = Patch.make(Firmware.of(OLD), Firmware.of(NEW), RamClass.KB8);
        Random random = new Random(11);
        for (int i = 0; i < 400; i++) {
            byte[] bad = patch.clone();
            for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
            }
            if (Arrays.equals(bad, patch)) {
                continue;
            }
            byte[] made;
            try {
                made = Patch.apply(Firmware.of(OLD), bad);
            } catch (PatchException e) {
                assertThat(e).hasMessageMatching("[a-z].*[a-z]");
                continue;
            }
            // What a device holds anyway, such as how much RAM it takes, may be another one.
            assertThat(made).isEqualTo(NEW);
        }
    }

    @Test
    void whatIsCutOffIsRefused() throws PatchException {
        byte[] patch = Patch.make(Firmware.of(OLD), Firmware.of(NEW), RamClass.KB8);
        for (int length = 0; length < patch.length - 4; length++) {
            byte[] cut = Arrays.copyOf(patch, length);
            assertThatThrownBy(() -> Patch.apply(Firmware.of(OLD), cut)).isInstanceOf(PatchException.class);
        }
        assertThatThrownBy(() -> Patch.apply(Firmware.of(OLD), Arrays.copyOf(patch, patch.length + 5)))
                .isInstanceOf(PatchException.class);
    }

    @Test
    void ofAnImageInMcubootsFormatOnlyWhatItsDigestCoversIsRead() throws Exception {
        byte[] old = image(OLD, 1);
        byte[] signedAgain = image(OLD, 2);
        byte[] target = image(NEW, 3);

        byte[] patch = Patch.make(Firmware.of(old), Firmware.of(target), RamClass.KB8);

        assertThat(Header.of(patch).oldDigest())
                .isEqualTo(Firmware.of(signedAgain).digest());
        assertThat(Header.of(patch).base()).isEqualTo(Linker.BASE - 512);
        assertThat(Patch.apply(Firmware.of(signedAgain), patch)).isEqualTo(target);
    }

    @Test
    void anEncryptedImageAndADamagedOneAreRefused() throws Exception {
        byte[] encrypted = image(OLD, 1);
        encrypted[16] |= 4;
        assertThatThrownBy(() -> Firmware.of(encrypted)).hasMessageContaining("encrypted");
        byte[] damaged = image(OLD, 1);
        damaged[5000] ^= 1;
        assertThatThrownBy(() -> Firmware.of(damaged)).hasMessageContaining("digest");
    }

    /** MCUboot's format, with a signature that is only noise. */
    private static byte[] image(byte[] payload, long signature) throws Exception {
        ByteBuffer out = ByteBuffer.allocate(512 + payload.length + 4 + 36 + 68).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(0x96F3B83D)
                .putInt(0)
                .putShort((short) 512)
                .putShort((short) 0)
                .putInt(payload.length);
        out.position(512).put(payload);
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(Arrays.copyOf(out.array(), 512 + payload.length));
        byte[] noise = new byte[64];
        new Random(signature).nextBytes(noise);
        out.putShort((short) 0x6907).putShort((short) (4 + 36 + 68));
        out.putShort((short) 0x10).putShort((short) 32).put(digest);
        out.putShort((short) 0x22).putShort((short) 64).put(noise);
        return out.array();
    }
}
