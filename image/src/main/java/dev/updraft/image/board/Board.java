package dev.updraft.image.board;

import dev.updraft.image.ImageException;
import dev.updraft.image.MemoryRange;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A board that images are made for, as its file says (docs/reference/board-file.md).
 *
 * @param name as the BOARD TLV holds it: the file's name
 * @param chip what is on it
 * @param interrupts how many interrupts its vector table has, behind the 16 exceptions of every Cortex-M
 * @param geometry how its flash is divided
 * @param map who owns which bytes of the flash
 * @param header bytes of an image in front of its vector table
 * @param ram where a stack can be; the first is where C keeps its data
 * @param wiring what stands around the chip
 */
public record Board(
        String name,
        Part chip,
        int interrupts,
        Geometry geometry,
        FlashLayout map,
        int header,
        List<MemoryRange> ram,
        Wiring wiring) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9._-]{1,32}");
    private static final int EXCEPTIONS = 16;

    public Board {
        ram = List.copyOf(ram);
    }

    /** The board of this name, or of the file that {@code name} is the path of, if there is one. */
    public static Optional<Board> named(String name) {
        return BoardFiles.named(name);
    }

    /** @throws ImageException if there is no such board; names the nearest and all that come with Updraft */
    public static Board find(String name) {
        return named(name).orElseThrow(() -> unknown(name));
    }

    /** The names of all boards that come with Updraft, in their order. */
    public static List<String> names() {
        return BoardFiles.names();
    }

    private static ImageException unknown(String name) {
        if (name.endsWith(BoardFiles.ENDING)) {
            return new ImageException("There is no board file '" + name + "'.");
        }
        String nearest = Nearest.of(name, names())
                .map(known -> "; the nearest is " + known)
                .orElse("");
        return new ImageException("No board is called '" + name + "'" + nearest + ". Known are "
                + String.join(", ", names())
                + "; a board of your own is a file, as ./my-board.toml ('updraft board new' writes one); for one without a file say"
                + " --no-checks.");
    }

    /** The name of a board that is told by its name or by the path of its file. */
    public static String nameIn(String nameOrFile) {
        return nameOrFile.endsWith(BoardFiles.ENDING) ? BoardFiles.name(Path.of(nameOrFile)) : nameOrFile;
    }

    /** @throws ImageException if {@code name} cannot stand in a BOARD TLV */
    public static void checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new ImageException(
                    "'" + name + "' cannot be a board's name: use 1 to 32 of a-z, 0-9, dot, minus and underscore.");
        }
    }

    /** Where code can run from. */
    public MemoryRange flash() {
        return chip.flash();
    }

    /** Where an image stands while it runs. */
    public MemoryRange slot() {
        return map.slot();
    }

    /**
     * What a vector table's address must be a multiple of: the power of two that its size reaches (ARMv7-M, VTOR). The
     * payload starts with the table, so an image's header has a multiple of it.
     */
    public int vectorAlignment() {
        return vectorAlignment(interrupts);
    }

    static int vectorAlignment(int interrupts) {
        int size = 4 * (EXCEPTIONS + interrupts);
        int power = Integer.highestOneBit(size);
        return power == size ? power : power << 1;
    }
}
