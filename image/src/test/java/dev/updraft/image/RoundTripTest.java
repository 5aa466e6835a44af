package dev.updraft.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.image.encryption.AesSize;
import dev.updraft.image.firmware.Firmware;
import dev.updraft.image.firmware.FirmwareSamples;
import dev.updraft.image.firmware.Format;
import dev.updraft.image.firmware.Segment;
import dev.updraft.image.key.KeyType;
import dev.updraft.image.key.PemKey;
import dev.updraft.image.key.SigningKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/** Whatever goes in comes out again, for contents, addresses and options drawn at random; the repetition is the seed. */
class RoundTripTest {
    private static final SigningKey P256 = SigningKey.generate(KeyType.P256);
    private static final SigningKey ED25519 = SigningKey.generate(KeyType.ED25519);
    private static final PemKey P256_DEVICE = PemKey.generate(KeyType.P256);
    private static final PemKey X25519_DEVICE = PemKey.generate(KeyType.X25519);

    @RepeatedTest(200)
    void anyFirmwareReadsBackFromEveryFormat(RepetitionInfo repetition) throws IOException {
        SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
        Firmware firmware = firmware(random);
        ByteArrayOutputStream hex = new ByteArrayOutputStream();
        firmware.writeHex(hex);

        assertThat(Firmware.read(hex.toByteArray())).isEqualTo(firmware);
        assertThat(Firmware.read(FirmwareSamples.srec(firmware, random)).segments())
                .isEqualTo(firmware.segments());
        assertThat(Firmware.read(FirmwareSamples.elf(firmware)).segments()).isEqualTo(firmware.segments());
        assertThat(Firmware.read(FirmwareSamples.dfuSe(firmware)).segments()).isEqualTo(firmware.segments());
    }

    @RepeatedTest(150)
    void anyImageReadsBackAsItWasMade(RepetitionInfo repetition) {
        SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
        byte[] payload = payload(random);
        boolean pure = random.nextInt(6) == 0;
        SigningKey key = pure || random.nextBoolean() ? ED25519 : P256;
        Version version =
                new Version(random.nextInt(256), random.nextInt(256), random.nextInt(65536), random.nextLong(1L << 32));
        ImageSigner signer = ImageSigner.with(key)
                .version(version)
                .headerSize(random.nextInt(32, 4096) & ~3)
                .securityCounter(random.nextLong(1L << 32))
                .vendorTlv(0x12a0, Bytes.wrapping(payload).slice(0, Math.min(payload.length, 100)));
        signer = pure ? signer.pure() : random.nextBoolean() ? signer.compress() : signer;
        PemKey device = random.nextBoolean() ? P256_DEVICE : X25519_DEVICE;
        boolean encrypted = random.nextBoolean();
        if (encrypted) {
            signer = signer.encryptTo(device.encryption(), random.nextBoolean() ? AesSize.AES128 : AesSize.AES256);
        }

        Image made = signer.sign(payload);
        Image read = Image.parse(made.bytes().toArray());
        assertThat(read).isEqualTo(made);
        assertThat(read.version()).isEqualTo(version);
        Image clear = encrypted ? read.decrypt(device.decryption()) : read;
        assertThat(clear.verify(key.verifying())).isEqualTo(key.verifying());
        Image installed = clear.packing().isPresent() ? clear.unpack() : clear;
        assertThat(installed.verify(key.verifying())).isEqualTo(key.verifying());
        if (!pure) {
            assertThat(installed.digest()).isEqualTo(read.installedDigest());
        }
        assertThat(installed.payload().slice(0, payload.length)).isEqualTo(Bytes.wrapping(payload));
    }

    private static Firmware firmware(SplittableRandom random) {
        List<Segment> segments = new ArrayList<>();
        long address = random.nextLong(1L << 31);
        for (int i = random.nextInt(1, 5); i > 0; i--) {
            Segment segment = new Segment(address, Bytes.wrapping(payload(random)));
            segments.add(segment);
            address = segment.end() + random.nextLong(1, 1 << random.nextInt(4, 20));
        }
        return new Firmware(
                Format.INTEL_HEX, segments, OptionalLong.of(segments.getFirst().address() | 1));
    }

    /** From one byte on, of noise, of repetitions, or of one value. */
    private static byte[] payload(SplittableRandom random) {
        byte[] payload = new byte[1 + random.nextInt(1 << random.nextInt(1, 18))];
        switch (random.nextInt(3)) {
            case 0 -> random.nextBytes(payload);
            case 1 -> {
                int period = random.nextInt(1, 3000);
                for (int i = 0; i < payload.length; i++) {
                    payload[i] = (byte) (i % period * 7);
                }
            }
            default -> java.util.Arrays.fill(payload, (byte) random.nextInt());
        }
        if (payload.length >= 4) { // what starts like an image is refused as firmware
            ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN).putInt(0x2000_0000);
        }
        return payload;
    }
}
