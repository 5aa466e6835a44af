package dev.updraft.image.board;

import dev.updraft.image.ImageException;
import dev.updraft.image.MemoryRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/** A board's file, docs/reference/board-file.md: reads it, and says of each thing that is wrong on which line it stands. */
public final class BoardFile {
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,9})([KM]?)");
    private static final Pattern PIN = Pattern.compile("P([A-K])([0-9]{1,2})(?: AF([0-9]{1,2}))?");

    private static final List<String> MEMBERS =
            List.of("chip", "interrupts", "ram", "flash", "console", "wifi", "card", "nor", "ethernet");
    private static final List<String> FLASH = List.of(
            "bootloader", "boot-state", "settings", "slot", "staging", "swap-unit", "header", "erase-unit", "banks");
    private static final List<String> RANGE = List.of("start", "size");
    private static final List<String> UART = List.of("uart", "interrupt", "tx", "rx", "cts", "rts");
    private static final List<String> SPI = List.of("spi", "sck", "miso", "mosi", "select", "size");

    private final String file;
    private final String name;
    private final TomlParseResult toml;
    private final List<String> problems = new ArrayList<>();

    /**
     * @param file what it is called in messages
     * @param name the board's
     */
    BoardFile(String file, String name, String text) {
        this.file = file;
        this.name = name;
        toml = Toml.parse(text);
    }

    /** @throws ImageException if it cannot be read */
    public static BoardFile read(Path file) {
        String name = BoardFiles.name(file);
        try {
            return new BoardFile(file.toString(), name, Files.readString(file));
        } catch (IOException e) {
            throw new ImageException("The board file '" + file + "' cannot be read (" + e + ").", e);
        }
    }

    /** @throws ImageException that says all that is wrong, one sentence each with its line */
    public Board board() {
        List<String> wrong = problems();
        if (!wrong.isEmpty()) {
            throw new ImageException(String.join("\n", wrong));
        }
        return parse().orElseThrow();
    }

    /** What is wrong with it, one sentence each with file, line and member; empty if nothing is. */
    public List<String> problems() {
        problems.clear();
        Optional<Board> read = parse();
        if (problems.isEmpty() && read.isPresent()) {
            BoardRules.problems(read.get()).forEach(problem -> wrong(problem.member(), problem.sentence()));
        }
        return List.copyOf(problems);
    }

    private Optional<Board> parse() {
        if (toml.hasErrors()) {
            toml.errors()
                    .forEach(error -> problems.add(
                            file + ", line " + error.position().line() + ": this is not TOML: " + error.getMessage()));
            return Optional.empty();
        }
        try {
            Board.checkName(name);
        } catch (ImageException unfit) {
            wrong("", "it is called after its file, and " + unfit.getMessage());
        }
        onlyKnown(toml, "", MEMBERS);
        String chip = text(toml, "", "chip");
        if (chip == null) {
            return Optional.empty();
        }
        Optional<Part> part = Part.named(chip);
        if (part.isEmpty()) {
            wrong("chip", Part.unknown(chip));
            return Optional.empty();
        }
        return Optional.ofNullable(board(part.get()));
    }

    private @Nullable Board board(Part part) {
        int before = problems.size();
        int interrupts = toml.contains("interrupts")
                ? number(toml, "", "interrupts", 1, 480)
                : part.silicon().interrupts();
        @Nullable TomlTable flash = table("flash");
        if (flash == null) {
            wrong("", "[flash] is missing; 'updraft board new --chip " + part.name() + "' proposes one.");
            return null;
        }
        onlyKnown(flash, "flash", FLASH);
        Geometry geometry = geometry(part, flash);
        MemoryRange bootloader = range(flash, "flash", "bootloader");
        List<MemoryRange> state = ranges(flash, "flash", "boot-state");
        MemoryRange settings = range(flash, "flash", "settings");
        MemoryRange slot = range(flash, "flash", "slot");
        MemoryRange staging = range(flash, "flash", "staging");
        int swapUnit = size(flash, "flash", "swap-unit");
        int header = flash.contains("header") ? size(flash, "flash", "header") : Board.vectorAlignment(interrupts);
        List<MemoryRange> ram = toml.contains("ram") ? ranges(toml, "", "ram") : usual(part.ram());
        Wiring wiring =
                new Wiring(uart("console", false), uart("wifi", true), spi("card"), spi("nor"), spi("ethernet"));
        if (problems.size() > before || bootloader == null || settings == null || slot == null || staging == null) {
            return null;
        }
        FlashLayout map = new FlashLayout(bootloader, state, settings, slot, staging, swapUnit);
        return new Board(name, part, interrupts, geometry, map, header, ram, wiring);
    }

    /** C keeps its data where every STM32 has RAM that needs no clock; code that is tightly coupled, at 0, holds no stack. */
    private static List<MemoryRange> usual(List<MemoryRange> ram) {
        List<MemoryRange> sorted = new ArrayList<>();
        ram.stream().filter(range -> range.contains(0x2000_0000L)).forEach(sorted::add);
        ram.stream()
                .filter(range -> range.start() != 0 && !range.contains(0x2000_0000L))
                .forEach(sorted::add);
        return sorted;
    }

    private Geometry geometry(Part part, TomlTable flash) {
        Geometry usual = Geometry.of(part);
        if (!flash.contains("erase-unit") && !flash.contains("banks")) {
            return usual;
        }
        int unit = flash.contains("erase-unit")
                ? size(flash, "flash", "erase-unit")
                : usual.runs().getFirst().unit();
        int banks = flash.contains("banks") ? number(flash, "flash", "banks", 1, 2) : usual.banks();
        if (usual.runs().size() > 1) {
            wrong(
                    "flash.erase-unit",
                    "the sectors of " + part.name()
                            + " have different sizes, which no option byte changes: leave it out.");
            return usual;
        }
        if (unit == 0 || usual.size() % unit != 0) {
            wrong("flash.erase-unit", "the flash of " + part.name() + " is no multiple of it.");
            return usual;
        }
        return usual.chosen(unit, Math.max(1, banks));
    }

    private Optional<Wiring.Uart> uart(String key, boolean interrupt) {
        @Nullable TomlTable table = table(key);
        if (table == null) {
            return Optional.empty();
        }
        onlyKnown(table, key, UART);
        String uart = text(table, key, "uart");
        List<Pin> pins = new ArrayList<>();
        for (String signal : List.of("tx", "rx")) {
            addPin(pins, table, key, signal, true);
        }
        for (String signal : List.of("cts", "rts")) {
            if (table.contains(signal)) {
                addPin(pins, table, key, signal, true);
            }
        }
        int line = interrupt ? number(table, key, "interrupt", 0, 479) : -1;
        if (pins.size() == 3) {
            wrong(key, "flow control takes both cts and rts.");
        }
        return uart == null ? Optional.empty() : Optional.of(new Wiring.Uart(uart, line, pins));
    }

    private Optional<Wiring.Spi> spi(String key) {
        @Nullable TomlTable table = table(key);
        if (table == null) {
            return Optional.empty();
        }
        onlyKnown(table, key, SPI);
        String spi = text(table, key, "spi");
        List<Pin> pins = new ArrayList<>();
        for (String signal : List.of("sck", "miso", "mosi")) {
            addPin(pins, table, key, signal, true);
        }
        List<Pin> select = new ArrayList<>();
        addPin(select, table, key, "select", false);
        int size = table.contains("size") ? size(table, key, "size") : 0;
        return spi == null || select.isEmpty()
                ? Optional.empty()
                : Optional.of(new Wiring.Spi(spi, pins, select.getFirst(), size));
    }

    private void addPin(List<Pin> to, TomlTable table, String parent, String key, boolean alternate) {
        String text = text(table, parent, key);
        if (text == null) {
            return;
        }
        Matcher found = PIN.matcher(text);
        String function = found.matches() ? found.group(3) : null;
        if (!found.matches() || Integer.parseInt(found.group(2)) > 15 || (function == null) == alternate) {
            wrong(
                    member(parent, key),
                    "'" + text + "' is no pin: write it as \"" + (alternate ? "PA9 AF7" : "PA4") + "\".");
            return;
        }
        to.add(new Pin(
                found.group(1).charAt(0),
                Integer.parseInt(found.group(2)),
                function == null ? -1 : Integer.parseInt(function)));
    }

    // Members of every kind

    private void onlyKnown(TomlTable table, String parent, List<String> known) {
        for (String key : new TreeSet<>(table.keySet())) {
            if (!known.contains(key)) {
                wrong(
                        member(parent, key),
                        "there is no such member"
                                + Nearest.of(key, known)
                                        .map(nearest -> "; the nearest is '" + nearest + "'.")
                                        .orElse("; there are " + String.join(", ", known) + "."));
            }
        }
    }

    private @Nullable TomlTable table(String key) {
        if (!toml.contains(key)) {
            return null;
        }
        if (!toml.isTable(key)) {
            wrong(key, "it must be a table: write [" + key + "] above its members.");
            return null;
        }
        return toml.getTable(key);
    }

    private @Nullable String text(TomlTable table, String parent, String key) {
        @Nullable Object value = table.get(List.of(key));
        if (value instanceof String text) {
            return text;
        }
        wrong(member(parent, key), value == null ? "it is missing." : "it must be a text in quotes.");
        return null;
    }

    private int number(TomlTable table, String parent, String key, int from, int to) {
        @Nullable Object value = table.get(List.of(key));
        if (value instanceof Long number && number >= from && number <= to) {
            return (int) (long) number;
        }
        wrong(
                member(parent, key),
                value == null ? "it is missing." : "it must be a number from " + from + " to " + to + ".");
        return from;
    }

    /** Bytes as a number, or a text as 128K. */
    private int size(TomlTable table, String parent, String key) {
        @Nullable Object value = table.get(List.of(key));
        if (value instanceof Long number && number > 0 && number <= Integer.MAX_VALUE) {
            return (int) (long) number;
        }
        if (value instanceof String text) {
            Matcher found = SIZE.matcher(text);
            if (found.matches()) {
                int shift = found.group(2).equals("K") ? 10 : found.group(2).equals("M") ? 20 : 0;
                long bytes = Long.parseLong(found.group(1)) << shift;
                if (bytes > 0 && bytes <= Integer.MAX_VALUE) {
                    return (int) bytes;
                }
            }
        }
        wrong(
                member(parent, key),
                value == null ? "it is missing." : "it must be a size: a number of bytes, or as \"128K\".");
        return 0;
    }

    private @Nullable MemoryRange range(TomlTable table, String parent, String key) {
        if (!table.contains(List.of(key)) || !table.isTable(List.of(key))) {
            wrong(member(parent, key), "it must be a range: { start = 0x08000000, size = \"32K\" }.");
            return null;
        }
        return range(table.getTable(List.of(key)), member(parent, key));
    }

    private @Nullable MemoryRange range(TomlTable table, String member) {
        onlyKnown(table, member, RANGE);
        @Nullable Object start = table.get(List.of("start"));
        int size = size(table, member, "size");
        if (start instanceof Long address && address >= 0 && address <= 0xffff_ffffL) {
            return new MemoryRange(address, size);
        }
        wrong(member(member, "start"), start == null ? "it is missing." : "it must be an address, as 0x08000000.");
        return null;
    }

    private List<MemoryRange> ranges(TomlTable table, String parent, String key) {
        List<MemoryRange> ranges = new ArrayList<>();
        if (!table.isArray(List.of(key))) {
            wrong(member(parent, key), "it must be a list of ranges: [{ start = 0x08008000, size = \"16K\" }, …].");
            return ranges;
        }
        TomlArray array = table.getArray(List.of(key));
        for (int i = 0; i < array.size(); i++) {
            if (array.get(i) instanceof TomlTable each) {
                @Nullable MemoryRange range = range(each, member(parent, key));
                if (range != null) {
                    ranges.add(range);
                }
            } else {
                wrong(member(parent, key), "each must be a range: { start = 0x08008000, size = \"16K\" }.");
            }
        }
        return ranges;
    }

    private static String member(String parent, String key) {
        return parent.isEmpty() ? key : parent + "." + key;
    }

    private void wrong(String member, String sentence) {
        problems.add(file + line(member) + (member.isEmpty() ? "" : ", " + member) + ": " + sentence);
    }

    /** The line of a member, or of the nearest table around it that there is. */
    private String line(String member) {
        for (String at = member; !at.isEmpty(); at = at.contains(".") ? at.substring(0, at.lastIndexOf('.')) : "") {
            try {
                @Nullable TomlPosition position = toml.inputPositionOf(at);
                if (position != null) {
                    return ", line " + position.line();
                }
            } catch (IllegalArgumentException notADottedKey) {
                // the table around it has a line
            }
        }
        return "";
    }
}
