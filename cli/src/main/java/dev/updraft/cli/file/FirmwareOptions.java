package dev.updraft.cli.file;

import dev.updraft.cli.UserError;
import dev.updraft.image.MemoryRange;
import dev.updraft.image.board.Board;
import dev.updraft.image.firmware.Firmware;
import dev.updraft.image.firmware.FirmwareReader;
import dev.updraft.image.firmware.Format;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a file with firmware is read, for the commands that take one. */
public final class FirmwareOptions {
    /** Where every STM32 has its main flash; option bytes, RAM and external memories are elsewhere. */
    private static final MemoryRange MAIN_FLASH = new MemoryRange(0x0800_0000L, 0x0100_0000L);

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "Read it as bin, hex, srec, elf, dfuse or uf2, whatever it looks like.")
    private @Nullable String format;

    @Option(
            names = "--target",
            paramLabel = "N",
            description = "Which part of a DfuSe file (its target's number) or of a UF2 file (its family) is meant.")
    private @Nullable String target;

    @Option(
            names = "--only-flash",
            description = "Leave out what belongs to other memories: RAM, option bytes, external flash.")
    private boolean onlyFlash;

    /**
     * @param board whose flash counts with {@code --only-flash}; null for that of any STM32
     * @param out where it is said what was left out
     */
    public Firmware read(Path file, @Nullable String board, PrintWriter out) {
        FirmwareReader reader = new FirmwareReader();
        if (format != null) {
            reader = reader.as(format(format));
        }
        if (target != null) {
            reader = reader.target(Numbers.parse("--target", target));
        }
        FirmwareReader chosen = reader;
        Firmware firmware = InputFile.read(file, chosen::read);
        return onlyFlash ? inFlash(firmware, board, out) : firmware;
    }

    private static Firmware inFlash(Firmware firmware, @Nullable String board, PrintWriter out) {
        if (firmware.address().isEmpty()) {
            throw new UserError("A raw binary has no addresses, so --only-flash can leave nothing out.");
        }
        MemoryRange flash = Optional.ofNullable(board)
                .flatMap(Board::named)
                .map(Board::flash)
                .orElse(MAIN_FLASH);
        firmware.outside(flash).forEach(range -> out.println("Left out " + range.size() + " bytes at " + range + "."));
        return firmware.only(flash);
    }

    private static Format format(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "bin" -> Format.BINARY;
            case "hex" -> Format.INTEL_HEX;
            case "srec" -> Format.SREC;
            case "elf" -> Format.ELF;
            case "dfuse" -> Format.DFUSE;
            case "uf2" -> Format.UF2;
            default -> throw new UserError("--format takes bin, hex, srec, elf, dfuse or uf2, not '" + name + "'.");
        };
    }
}
