package dev.updraft.rehearsal;

import dev.updraft.image.Image;
import dev.updraft.image.ImageSigner;
import dev.updraft.image.board.Board;
import dev.updraft.image.key.DecryptionKey;
import dev.updraft.image.key.EncryptionKey;
import dev.updraft.image.key.SigningKey;
import dev.updraft.rehearsal.device.Bootloader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Real bootloaders, compiled by the device room's Makefile with its test key, and small images for them. */
public final class Firmware {
    private static final Path HOME = Path.of(System.getenv("UPDRAFT_HOME"));
    private static final Path BUILD = HOME.resolve("rehearsal/target/firmware");

    private static final Path KEYS = HOME.resolve("device/test/keys");
    private static final String WHOLE = "-whole";
    private static final String[] WHOLE_OPTIONS = {
        "NOR=1", "TEST_KEYS=1", "KEYS=" + KEYS.resolve("keys-with-decryption.h")
    };

    private Firmware() {}

    public static Bootloader bootloader(String board) {
        return make(HOME.resolve("device"), board, BUILD.resolve(board));
    }

    /** The bootloader with all that it can do: it opens, unpacks, and reads from a card and an external flash. */
    public static Bootloader wholeBootloader(String board) {
        return make(HOME.resolve("device"), board, BUILD.resolve(board + WHOLE), WHOLE_OPTIONS);
    }

    /** The bootloader with a seeded fault of device/test/proof/mutants, or of port-mutants beside it. */
    public static Bootloader mutant(String board, String name) {
        bootloader(board);
        return mutant(board, name, "");
    }

    /** The same of {@link #wholeBootloader}. */
    public static Bootloader wholeMutant(String board, String name) {
        wholeBootloader(board);
        return mutant(board, name, WHOLE, WHOLE_OPTIONS);
    }

    private static Bootloader mutant(String board, String name, String kind, String... options) {
        try {
            Path mutated = BUILD.resolve("mutants/" + name + "/device");
            Path objects = BUILD.resolve("mutants/" + name + "/" + board + kind);
            copy(HOME.resolve("device"), mutated);
            copy(HOME.resolve("tools"), mutated.resolveSibling("tools"));
            copy(BUILD.resolve(board + kind), objects);
            Path script = Stream.of("proof/mutants", "port-mutants")
                    .map(folder -> HOME.resolve("device/test").resolve(folder).resolve(name + ".sed"))
                    .filter(Files::exists)
                    .findFirst()
                    .orElseThrow();
            String file = Files.readAllLines(script).getFirst().replaceFirst("^# ([^:]*):.*", "$1");
            byte[] before = Files.readAllBytes(mutated.resolve(file));
            run(List.of(
                    "sed",
                    "-E",
                    "-i",
                    "-f",
                    script.toString(),
                    mutated.resolve(file).toString()));
            if (java.util.Arrays.equals(before, Files.readAllBytes(mutated.resolve(file)))) {
                throw new AssertionError(name + ".sed changes nothing in " + file + " any more");
            }
            return make(mutated, board, objects, options);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An image with a vector table and {@code size} bytes that differ between seeds. */
    public static Image image(String board, String version, int size, long counter, int seed) {
        return signer(board, version, counter).sign(payload(board, size, seed));
    }

    public static ImageSigner signer(String board, String version, long counter) {
        return ImageSigner.with(key()).version(version).board(board).securityCounter(counter);
    }

    /** A vector table and bytes that can be packed to a third. */
    public static byte[] payload(String board, int size, int seed) {
        byte[] payload = new byte[size];
        new Random(seed).nextBytes(payload);
        for (int i = 0; i < size; i++) {
            payload[i] &= 3;
        }
        Board described = Board.named(board).orElseThrow();
        int entry = (int) described.slot().start() + described.header() + 0x300;
        ByteBuffer.wrap(payload)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0x2001_0000)
                .putInt(entry | 1);
        return payload;
    }

    public static SigningKey key() {
        return SigningKey.read(pem("sign-p256.pem"));
    }

    /** What encrypted images are for. */
    public static EncryptionKey encryptionKey() {
        return EncryptionKey.read(pem("enc-p256.pem"));
    }

    public static DecryptionKey decryptionKey() {
        return DecryptionKey.read(pem("enc-p256.pem"));
    }

    private static String pem(String name) {
        try {
            return Files.readString(KEYS.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Bootloader make(Path device, String board, Path build, String... options) {
        run(Stream.concat(
                        Stream.of(
                                "make",
                                "-s",
                                "-j2",
                                "-C",
                                device.toString(),
                                "BOARD=" + board,
                                "BUILD=" + build,
                                "TEST_KEYS=1",
                                "boot"),
                        Stream.of(options))
                .toList());
        try {
            return Bootloader.read(Files.readAllBytes(build.resolve("boot.elf")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void run(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError(command + " failed:\n" + said);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** In place of what was there; with the times of the files, so that only what is changed afterwards is compiled again. */
    private static void copy(Path from, Path to) throws IOException {
        if (Files.exists(to)) {
            try (Stream<Path> before = Files.walk(to)) {
                for (Path old : before.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(old);
                }
            }
        }
        List<Path> left = new ArrayList<>();
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                return folder.endsWith("build") ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                left.add(file);
                return FileVisitResult.CONTINUE;
            }
        });
        for (Path file : left) {
            Path target = to.resolve(from.relativize(file).toString());
            Files.createDirectories(target.getParent());
            Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
        }
    }
}
