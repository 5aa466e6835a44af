package dev.updraft.cli.demo;

import dev.updraft.cli.UserError;
import dev.updraft.image.board.Board;
import dev.updraft.image.board.BoardHeader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Compiles what runs on the chip with the cross compiler, by the device room's own makefile. */
public final class FirmwareBuild {
    private final Path home;
    private final Board board;
    private final Path directory;

    /**
     * @param home the checkout
     * @param directory where the results go; builds in the same directory reuse what is up to date
     */
    public FirmwareBuild(Path home, Board board, Path directory) {
        this.home = home;
        this.board = board;
        this.directory = directory;
    }

    /** The checkout that the launcher ran from. */
    public static Path home() {
        String home = System.getenv("UPDRAFT_HOME");
        if (home == null) {
            throw new UserError("UPDRAFT_HOME is not set; start this with the ./updraft launcher of a checkout.");
        }
        return Path.of(home);
    }

    /**
     * The bootloader that trusts the keys of {@code keysHeader} (as {@code updraft key header} writes it), for address 0x08000000.
     *
     * @param options further make variables, as {@code TRIAL_ATTEMPTS=1}
     */
    public byte[] bootloader(Path keysHeader, String... options) {
        make(Stream.concat(Stream.of(options), Stream.of("KEYS=" + keysHeader.toAbsolutePath(), "boot"))
                .toArray(String[]::new));
        return read("boot.bin");
    }

    /** As {@link #bootloader}, as ELF with its symbols. */
    public byte[] bootloaderElf(Path keysHeader, String... options) {
        bootloader(keysHeader, options);
        return read("boot.elf");
    }

    /** The example application. */
    public byte[] example(String version) {
        make("VERSION=" + version, "example");
        return read("example-" + version + ".bin");
    }

    /** The example application on another link than Wi-Fi: {@code ethernet} or {@code serial}. */
    public byte[] example(String version, String link) {
        make("VERSION=" + version, "EXAMPLE_LINK=" + link, "example");
        return read("example-" + version + "-" + link + ".bin");
    }

    /** The example application with a fault built in: {@code hang}, {@code selftest} or {@code noconfirm}. */
    public byte[] faultyExample(String version, String fault) {
        make("VERSION=" + version, "EXAMPLE_FAULT=" + fault, "example");
        return read("example-" + version + "-" + fault + ".bin");
    }

    private void make(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                "make",
                "-s",
                "-j" + Runtime.getRuntime().availableProcessors(),
                "-C",
                home.resolve("device").toString(),
                "BOARD=" + board.name(),
                "BOARD_FOLDER=" + header().getParent(),
                "BUILD=" + directory));
        command.addAll(List.of(arguments));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new UserError(
                        "the firmware does not build; '" + String.join(" ", command) + "' says:\n" + output);
            }
        } catch (IOException e) {
            throw new UserError("cannot run make to build the firmware (" + e.getMessage() + "); install make.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserError("interrupted while the firmware was built", e);
        }
    }

    /** What C needs of the board, beside what is built; written only when it says something else. */
    private Path header() {
        Path file = directory.toAbsolutePath().resolve("board").resolve(BoardHeader.FILE);
        byte[] text = BoardHeader.of(board).getBytes(StandardCharsets.US_ASCII);
        try {
            Files.createDirectories(file.getParent());
            if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), text)) {
                Files.write(file, text);
            }
        } catch (IOException e) {
            throw new UserError("the board's header cannot be written to " + file + ".", e);
        }
        return file;
    }

    private byte[] read(String name) {
        try {
            return Files.readAllBytes(directory.resolve(name));
        } catch (IOException e) {
            throw new UserError("the firmware build left no " + name + " in " + directory + ".", e);
        }
    }
}
