package dev.updraft.image;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A board that images are made for: what signing must know of its chip.
 *
 * @param name as the BOARD TLV holds it
 * @param interrupts how many interrupts its vector table has, behind the 16 exceptions of every Cortex-M
 * @param flash where code can run from
 * @param slot where an image stands while it runs (docs/reference/flash-map.md)
 * @param ram where a stack can be
 */
public record Board(String name, int interrupts, MemoryRange flash, MemoryRange slot, List<MemoryRange> ram) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9._-]{1,32}");
    /** Letters that a typo changes at most. */
    private static final int NEAR = 3;

    private static final int EXCEPTIONS = 16;
    private static final int KIB = 1024;
    private static final long FLASH = 0x0800_0000L;

    /** Interrupts and memory from the reference manuals RM0090 (F4), RM0351 (L4) and RM0433 (H7). */
    private static final Map<String, Board> KNOWN = Stream.of(
                    new Board(
                            "stm32f407",
                            82,
                            new MemoryRange(FLASH, 1024 * KIB),
                            new MemoryRange(0x0802_0000L, 384 * KIB),
                            List.of(new MemoryRange(0x2000_0000L, 128 * KIB), new MemoryRange(0x1000_0000L, 64 * KIB))),
                    new Board(
                            "stm32l476",
                            82,
                            new MemoryRange(FLASH, 1024 * KIB),
                            new MemoryRange(0x0801_4000L, 464 * KIB),
                            List.of(new MemoryRange(0x2000_0000L, 96 * KIB), new MemoryRange(0x1000_0000L, 32 * KIB))),
                    new Board(
                            "stm32h743",
                            150,
                            new MemoryRange(FLASH, 2048 * KIB),
                            new MemoryRange(0x0806_0000L, 640 * KIB),
                            List.of(
                                    new MemoryRange(0x2000_0000L, 128 * KIB),
                                    new MemoryRange(0x2400_0000L, 512 * KIB),
                                    new MemoryRange(0x3000_0000L, 288 * KIB),
                                    new MemoryRange(0x3800_0000L, 64 * KIB))))
            .collect(Collectors.toUnmodifiableMap(Board::name, Function.identity()));

    public Board {
        checkName(name);
        ram = List.copyOf(ram);
    }

    /** The board of this name, if Updraft knows it. */
    public static Optional<Board> named(String name) {
        return Optional.ofNullable(KNOWN.get(name));
    }

    /** @throws ImageException if Updraft does not know the board; names the nearest and all that it knows */
    public static Board find(String name) {
        return named(name).orElseThrow(() -> unknown(name));
    }

    /** The names of all boards that Updraft knows, in their order. */
    public static List<String> names() {
        return KNOWN.keySet().stream().sorted().toList();
    }

    private static ImageException unknown(String name) {
        String nearest = names().stream()
                .filter(known -> name.startsWith(known) || known.startsWith(name) || distance(name, known) <= NEAR)
                .min(Comparator.<String>comparingInt(known -> distance(name, known))
                        .thenComparingInt(known -> -sameStart(name, known)))
                .map(known -> "; the nearest is " + known)
                .orElse("");
        return new ImageException("No board is called '" + name + "'" + nearest + ". Known are "
                + String.join(", ", names()) + "; for a board of your own say --no-checks.");
    }

    private static int sameStart(String a, String b) {
        int at = 0;
        while (at < Math.min(a.length(), b.length()) && a.charAt(at) == b.charAt(at)) {
            at++;
        }
        return at;
    }

    /** How many letters must be added, left out or changed (Levenshtein). */
    private static int distance(String a, String b) {
        int[] row = IntStream.rangeClosed(0, b.length()).toArray();
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int changed = diagonal + (Character.toLowerCase(a.charAt(i - 1)) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }

    /** @throws ImageException if {@code name} cannot stand in a BOARD TLV */
    static void checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new ImageException(
                    "'" + name + "' cannot be a board's name: use 1 to 32 of a-z, 0-9, dot, minus and underscore.");
        }
    }

    /**
     * What a vector table's address must be a multiple of: the power of two that its size reaches (ARMv7-M, VTOR). The
     * payload starts with the table, so this is also the size of the image's header.
     */
    public int vectorAlignment() {
        int size = 4 * (EXCEPTIONS + interrupts);
        int power = Integer.highestOneBit(size);
        return power == size ? power : power << 1;
    }
}
