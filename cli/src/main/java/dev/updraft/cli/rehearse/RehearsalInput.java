package dev.updraft.cli.rehearse;

import dev.updraft.cli.UserError;
import dev.updraft.cli.demo.FirmwareBuild;
import dev.updraft.cli.file.InputFile;
import dev.updraft.cli.file.OutputFile;
import dev.updraft.cli.key.KeyHeader;
import dev.updraft.cli.key.KeySource;
import dev.updraft.image.Image;
import dev.updraft.image.ImageException;
import dev.updraft.image.ImageSigner;
import dev.updraft.image.board.Board;
import dev.updraft.image.firmware.Firmware;
import dev.updraft.image.key.KeyType;
import dev.updraft.image.key.PemKey;
import dev.updraft.image.key.SigningKey;
import dev.updraft.image.key.VerifyingKey;
import dev.updraft.rehearsal.Staging;
import dev.updraft.rehearsal.device.Bootloader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the person gave, and what is made of it where something is missing: signatures, a key to make them with, a bootloader that holds
 * the key.
 */
record RehearsalInput(
        Board described,
        String board,
        Path from,
        Path to,
        @Nullable String key,
        @Nullable Path bootloader,
        @Nullable String decrypt,
        Staging staging,
        int startsOnTrial) {
    Rehearsed read() {
        byte[] oldFile = InputFile.imageBytes(from);
        byte[] newFile = InputFile.imageBytes(to);
        boolean oldSigned = Image.looksLikeImage(oldFile);
        boolean newSigned = Image.looksLikeImage(newFile);
        boolean toSign = !oldSigned || !newSigned;
        if (key == null && toSign && (oldSigned || newSigned)) {
            throw new UserError("'" + (oldSigned ? from : to) + "' is a signed image and '" + (oldSigned ? to : from)
                    + "' is not: give --key with the key that signed the one, so that it signs the other.");
        }
        if (key == null && bootloader == null && !toSign) {
            throw new UserError(
                    "The bootloader must hold the key that signed the images: give --key (its public half is enough), or"
                            + " --bootloader with a bootloader that holds it.");
        }
        if (key == null && bootloader != null && toSign) {
            throw new UserError("The firmware is not signed: give --key with the key that the bootloader '" + bootloader
                    + "' holds.");
        }
        @Nullable SigningKey signing = !toSign ? null : key == null ? throwAwayKey() : KeySource.signing(key);
        Image oldImage = oldSigned ? naming(from, () -> Image.parse(oldFile)) : sign(from, signing, "1.0.0");
        Image newImage = newSigned ? naming(to, () -> Image.parse(newFile)) : sign(to, signing, "1.0.1");
        @Nullable PemKey opens = decrypt == null ? null : deviceKey(decrypt);
        return new Rehearsed(bootloader(signing, opens), oldImage, newImage, opens == null ? null : opens.decryption());
    }

    private Image sign(Path file, @Nullable SigningKey signing, String version) {
        if (signing == null) {
            throw new IllegalStateException("a key was needed and none was made");
        }
        return naming(file, () -> {
            Firmware firmware = InputFile.read(file, each -> Firmware.read(each));
            return ImageSigner.with(signing).version(version).board(board).sign(firmware);
        });
    }

    /** Two files are given: what is wrong with one names it. */
    private static Image naming(Path file, Supplier<Image> image) {
        try {
            return image.get();
        } catch (ImageException wrong) {
            throw new UserError("'" + file + "': " + wrong.getMessage(), wrong);
        }
    }

    private static PemKey deviceKey(String source) {
        PemKey opens = KeySource.read(source);
        if (opens.type() != KeyType.P256) {
            throw new UserError("'" + source + "' is an " + opens.type().title()
                    + " key; the bootloader decrypts with a P-256 key.");
        }
        return opens;
    }

    private Bootloader bootloader(@Nullable SigningKey signing, @Nullable PemKey opens) {
        if (bootloader != null) {
            return Bootloader.read(InputFile.bytes(bootloader));
        }
        VerifyingKey holds = signing != null ? signing.verifying() : verifying();
        if (holds.type() != KeyType.P256) {
            throw new UserError(
                    "'" + key + "' is an " + holds.type().title() + " key; the bootloader verifies with P-256 keys.");
        }
        boolean nor = staging == Staging.NOR;
        Path directory = folder().resolve(
                        described.name() + "-" + holds.hash().hex().substring(0, 16) + "-" + startsOnTrial
                                + (nor ? "-nor" : "") + (opens == null ? "" : "-opens"));
        Path header = directory.resolve("keys.h");
        writeOnce(header, KeyHeader.of(List.of(holds), opens == null ? null : opens.secret()));
        return Bootloader.read(new FirmwareBuild(FirmwareBuild.home(), described, directory)
                .bootloaderElf(header, "TRIAL_ATTEMPTS=" + startsOnTrial, "NOR=" + (nor ? 1 : 0)));
    }

    private VerifyingKey verifying() {
        if (key == null) {
            throw new IllegalStateException("a key was needed and none was given");
        }
        return KeySource.read(key).verifying();
    }

    private static Path folder() {
        return FirmwareBuild.home().resolve("build").resolve("rehearse");
    }

    /** Made at the first use in a checkout and kept, so that the bootloader that holds it need not be compiled anew each time. */
    private static SigningKey throwAwayKey() {
        Path file = folder().resolve("throw-away.pem");
        if (!Files.exists(file)) {
            makeFolder(file);
            OutputFile.writeSecret(
                    file, PemKey.generate(KeyType.P256).privatePem(null).getBytes(StandardCharsets.US_ASCII));
        }
        return PemKey.read(InputFile.text(file)).signing();
    }

    private static void writeOnce(Path file, String text) {
        if (!Files.exists(file) || !InputFile.text(file).equals(text)) {
            makeFolder(file);
            OutputFile.writeSecret(file, text.getBytes(StandardCharsets.US_ASCII)); // it may hold the device's key
        }
    }

    private static void makeFolder(Path file) {
        try {
            Files.createDirectories(file.getParent());
        } catch (IOException failed) {
            throw new UserError("The folder of '" + file + "' cannot be made: " + failed.getMessage() + ".", failed);
        }
    }
}
