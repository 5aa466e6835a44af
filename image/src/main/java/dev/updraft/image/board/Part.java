package dev.updraft.image.board;

import dev.updraft.image.ImageException;
import dev.updraft.image.MemoryRange;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * An STM32 with its memories, as parts.tsv has it.
 *
 * @param name as STM32F407VG: without package and temperature range
 * @param series as STM32F4
 * @param core as armv7em
 * @param cores how many processors it has
 * @param banks of flash, one behind the other
 * @param runs erase units of the flash
 * @param erased what erased flash reads as: 0xff or 0
 * @param ram in the order of addresses, neighbours together
 */
public record Part(
        String name,
        String series,
        String core,
        int cores,
        List<MemoryRange> banks,
        List<EraseRun> runs,
        int erased,
        List<MemoryRange> ram) {
    /** The line of each part. */
    private static final Map<String, String[]> LINES = read();

    private static final int SUGGESTIONS = 3;

    public Part {
        banks = List.copyOf(banks);
        runs = List.copyOf(runs);
        ram = List.copyOf(ram);
    }

    /** All of the flash that code runs from. */
    public MemoryRange flash() {
        return new MemoryRange(
                banks.getFirst().start(),
                banks.getLast().end() - banks.getFirst().start());
    }

    /** How the flash of this part works and which port of the device room is for it. */
    public Silicon silicon() {
        return Silicon.of(this);
    }

    /** Every part there is, by its name. */
    public static List<Part> all() {
        return LINES.entrySet().stream()
                .map(line -> of(line.getKey(), line.getValue()))
                .toList();
    }

    /** The part of this name; package and temperature range may follow, as in STM32F407VGT6, and letters may be small. */
    public static Optional<Part> named(String name) {
        String wanted = name.toUpperCase(Locale.ROOT);
        return LINES.keySet().stream()
                .filter(known -> wanted.startsWith(known.toUpperCase(Locale.ROOT)))
                .max(Comparator.comparingInt(String::length))
                .map(known -> of(known, Objects.requireNonNull(LINES.get(known))));
    }

    /** @throws ImageException if there is none; names the nearest */
    public static Part find(String name) {
        return named(name).orElseThrow(() -> new ImageException(unknown(name)));
    }

    static String unknown(String name) {
        String wanted = name.toUpperCase(Locale.ROOT);
        List<String> nearest = LINES.keySet().stream()
                .filter(known -> known.startsWith(wanted)
                        || Nearest.distance(known.toLowerCase(Locale.ROOT), wanted.toLowerCase(Locale.ROOT)) <= 2)
                .sorted(Comparator.comparingInt(
                        known -> Nearest.distance(known.toLowerCase(Locale.ROOT), wanted.toLowerCase(Locale.ROOT))))
                .limit(SUGGESTIONS)
                .toList();
        return "No STM32 is called '" + name + "'"
                + (nearest.isEmpty() ? ": write it as STM32F407VG." : "; near are " + String.join(", ", nearest) + ".");
    }

    private static Map<String, String[]> read() {
        Map<String, String[]> lines = new TreeMap<>();
        try (InputStream stream = Objects.requireNonNull(Part.class.getResourceAsStream("parts.tsv"));
                BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            reader.lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("\t"))
                    .forEach(columns -> {
                        for (String name : columns[7].split(" ")) {
                            lines.put(name, columns);
                        }
                    });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return lines;
    }

    private static Part of(String name, String[] columns) {
        List<MemoryRange> banks = ranges(columns[3]);
        long start = banks.getFirst().start();
        List<EraseRun> runs = runs(columns[4], start, banks.getLast().end() - start);
        return new Part(
                name,
                columns[0],
                columns[1],
                Integer.parseInt(columns[2]),
                banks,
                runs,
                Integer.decode(columns[5]),
                joined(ranges(columns[6])));
    }

    private static List<MemoryRange> ranges(String column) {
        List<MemoryRange> ranges = new ArrayList<>();
        for (String word : column.split(" ")) {
            String[] fields = word.substring(word.indexOf('@') + 1).split("\\+");
            ranges.add(new MemoryRange(Long.decode(fields[0]), Long.decode(fields[1])));
        }
        ranges.sort(Comparator.comparingLong(MemoryRange::start));
        return ranges;
    }

    private static List<MemoryRange> joined(List<MemoryRange> sorted) {
        List<MemoryRange> joined = new ArrayList<>();
        for (MemoryRange range : sorted) {
            if (!joined.isEmpty() && joined.getLast().end() == range.start()) {
                MemoryRange last = joined.removeLast();
                joined.add(new MemoryRange(last.start(), last.size() + range.size()));
            } else {
                joined.add(range);
            }
        }
        return joined;
    }

    /** A loader may be that of a bigger sister: only what the flash itself has counts. */
    private static List<EraseRun> runs(String column, long flash, long size) {
        String[] words = column.split(";");
        List<EraseRun> runs = new ArrayList<>();
        for (int i = 0; i < words.length; i++) {
            String[] fields = words[i].split("@");
            long start = Long.decode(fields[1]);
            long end = Math.min(
                    size, i + 1 < words.length ? Long.decode(words[i + 1].split("@")[1]) : size);
            int unit = Integer.parseInt(fields[0]);
            if (start < end) {
                runs.add(new EraseRun(flash + start, unit, (int) ((end - start) / unit)));
            }
        }
        return runs;
    }
}
