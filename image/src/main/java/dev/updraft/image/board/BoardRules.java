package dev.updraft.image.board;

import dev.updraft.image.MemoryRange;
import dev.updraft.image.board.Wiring.Spi;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Whether a board can be: what bootloader and agent take for granted of its flash map (docs/reference/flash-map.md). */
final class BoardRules {
    /** core/updraft_layout.h: a record has a bit for each. */
    static final int UNITS_MOST = 32;

    /** Bytes of the smallest bootloader (docs/reference/footprint.md). */
    static final int BOOTLOADER_LEAST = 12 * 1024;

    /** Of a group of the boot state: 16 records of 192 bytes. */
    static final int GROUP_LEAST = 16 * 192;

    private static final int KIB = 1024;

    private final Board board;
    private final List<Problem> problems = new ArrayList<>();

    private BoardRules(Board board) {
        this.board = board;
    }

    static List<Problem> problems(Board board) {
        BoardRules rules = new BoardRules(board);
        rules.ranges();
        rules.overlaps();
        rules.units();
        rules.header();
        rules.wiring();
        return rules.problems;
    }

    private Map<String, MemoryRange> areas() {
        FlashLayout map = board.map();
        Map<String, MemoryRange> areas = new LinkedHashMap<>();
        areas.put("bootloader", map.bootloader());
        for (int i = 0; i < map.bootState().size(); i++) {
            areas.put(
                    "boot-state" + (i == 0 ? "" : " " + (i + 1)),
                    map.bootState().get(i));
        }
        areas.put("settings", map.settings());
        areas.put("slot", map.slot());
        areas.put("staging", map.staging());
        return areas;
    }

    private void ranges() {
        areas().forEach((name, area) -> {
            Geometry flash = board.geometry();
            if (area.start() < flash.start() || area.end() > flash.end()) {
                wrong(
                        name,
                        String.format(
                                "%s is not within the flash of %s, 0x%08x-0x%08x.",
                                area, board.chip().name(), flash.start(), flash.end() - 1));
            } else if (!flash.isEdge(area.start())) {
                wrong(
                        name,
                        String.format(
                                "no erase unit starts at 0x%08x: it is inside of %s; start it there, or at 0x%08x.",
                                area.start(),
                                flash.unitAt(area.start()),
                                flash.unitAt(area.start()).end()));
            } else if (!flash.isEdge(area.end())) {
                MemoryRange cut = flash.unitAt(area.end());
                wrong(
                        name,
                        String.format(
                                "it ends at 0x%08x inside of the erase unit %s: make it %s%s.",
                                area.end(),
                                cut,
                                cut.start() > area.start() ? size(cut.start() - area.start()) + " or " : "",
                                size(cut.end() - area.start())));
            }
        });
        MemoryRange bootloader = board.map().bootloader();
        if (bootloader.start() != board.geometry().start()) {
            wrong(
                    "bootloader",
                    String.format(
                            "it must start where the chip starts, at 0x%08x.",
                            board.geometry().start()));
        }
        if (bootloader.size() < BOOTLOADER_LEAST) {
            wrong(
                    "bootloader",
                    size(bootloader.size())
                            + " are too few; the smallest takes 12K, with console, recovery and card 20K.");
        }
        if (board.map().bootState().size() != 2) {
            wrong(
                    "boot-state",
                    "it has two groups, not " + board.map().bootState().size() + ".");
        }
        board.map().bootState().stream()
                .filter(group -> group.size() < GROUP_LEAST)
                .findFirst()
                .ifPresent(group -> wrong(
                        "boot-state",
                        "a group of " + group.size() + " bytes is too small; it holds at least 16 records, "
                                + GROUP_LEAST + " bytes."));
        if (board.chip().erased() != 0xff) {
            wrong(
                    "",
                    "erased flash of " + board.chip().name()
                            + " reads as 0, which the boot state cannot be kept in yet.");
        }
        if (!board.chip().silicon().carried()) {
            problems.add(
                    new Problem(
                            "chip",
                            "there is no port for the " + board.chip().series() + " with its flash controller yet"
                                    + (board.chip().cores() > 1 ? " and two processors" : "")
                                    + " (docs/guide/port-a-chip.md); there are those for STM32F4, L4, G4, WB, WL and H7 with one processor."));
        }
    }

    private void overlaps() {
        List<Map.Entry<String, MemoryRange>> areas = List.copyOf(areas().entrySet());
        for (int i = 0; i < areas.size(); i++) {
            for (int j = 0; j < i; j++) {
                MemoryRange one = areas.get(j).getValue();
                MemoryRange other = areas.get(i).getValue();
                if (one.start() < other.end() && other.start() < one.end()) {
                    wrong(
                            areas.get(i).getKey(),
                            "it overlaps " + areas.get(j).getKey() + " from "
                                    + String.format(
                                            "0x%08x to 0x%08x.",
                                            Math.max(one.start(), other.start()),
                                            Math.min(one.end(), other.end()) - 1));
                }
            }
        }
    }

    private void units() {
        FlashLayout map = board.map();
        int unit = map.swapUnit();
        int erase = Math.max(
                board.geometry().largestUnit(map.slot()), board.geometry().largestUnit(map.staging()));
        if (unit == 0 || erase == 0) {
            return;
        }
        if (unit % erase != 0) {
            wrong(
                    "swap-unit",
                    size(unit) + " are no multiple of the erase units of slot and staging, " + size(erase) + ".");
            return;
        }
        if (map.slot().size() % unit != 0) {
            wrong("slot", size(map.slot().size()) + " are not a whole number of swap units of " + size(unit) + ".");
        }
        if (map.slot().size() / unit > UNITS_MOST) {
            long least = (map.slot().size() / UNITS_MOST + erase - 1) / erase * erase;
            wrong(
                    "swap-unit",
                    "the slot has " + map.slot().size() / unit + " swap units, and the boot state has room for "
                            + UNITS_MOST + ": make them " + size(least) + " or more.");
        }
        boolean outside =
                board.wiring().card().isPresent() || board.wiring().nor().isPresent();
        long needed = map.slot().size() + unit;
        if (map.staging().size() < (outside ? unit : needed)) {
            wrong(
                    "staging",
                    size(map.staging().size()) + " are too few: it is one swap unit longer than the slot, "
                            + size(needed)
                            + (outside ? ", or with a card or a NOR flash at least one swap unit." : "."));
        }
    }

    private void header() {
        int alignment = board.vectorAlignment();
        if (board.header() % alignment != 0 || board.header() > 0xffff) {
            wrong(
                    "header",
                    String.format(
                            "0x%x is no multiple of 0x%x, which the vector table of %d interrupts behind it must be aligned to.",
                            board.header(), alignment, board.interrupts()));
        }
        if (board.ram().isEmpty()) {
            problems.add(new Problem("ram", "there must be some."));
        }
        for (MemoryRange range : board.ram()) {
            if (board.chip().ram().stream()
                    .noneMatch(own -> own.start() <= range.start() && range.end() <= own.end())) {
                problems.add(new Problem(
                        "ram",
                        range + " is not within the RAM of " + board.chip().name() + ": "
                                + String.join(
                                        ", ",
                                        board.chip().ram().stream()
                                                .map(MemoryRange::toString)
                                                .toList()) + "."));
            }
        }
    }

    private void wiring() {
        board.wiring()
                .wifi()
                .filter(uart -> uart.interrupt() >= board.interrupts())
                .ifPresent(uart -> problems.add(new Problem(
                        "wifi.interrupt",
                        "the vector table has " + board.interrupts() + " interrupts, so none of number "
                                + uart.interrupt() + ".")));
        board.wiring()
                .console()
                .flatMap(console ->
                        board.wiring().wifi().filter(wifi -> wifi.name().equals(console.name())))
                .ifPresent(same -> problems.add(new Problem("wifi.uart", same.name() + " is the console's.")));
        Map<String, Spi> parts = board.wiring().spiParts();
        parts.forEach((name, spi) -> {
            Spi first = parts.values().iterator().next();
            if (!spi.name().equals(first.name()) || !spi.pins().equals(first.pins())) {
                problems.add(new Problem(
                        name + ".spi",
                        "card, NOR flash and Ethernet must be on the same SPI and pins, with a select each."));
            }
        });
        Map<String, String> taken = new LinkedHashMap<>();
        board.wiring().console().ifPresent(uart -> uart.pins().forEach(pin -> take(taken, pin, "console")));
        board.wiring().wifi().ifPresent(uart -> uart.pins().forEach(pin -> take(taken, pin, "wifi")));
        parts.entrySet().stream()
                .findFirst()
                .ifPresent(bus -> bus.getValue().pins().forEach(pin -> take(taken, pin, bus.getKey())));
        parts.forEach((name, spi) -> take(taken, spi.select(), name + ".select"));
    }

    private void take(Map<String, String> taken, Pin pin, String member) {
        String before = taken.putIfAbsent(("P" + pin.port()) + pin.number(), member);
        if (before != null) {
            problems.add(new Problem(
                    member,
                    "P" + pin.port() + pin.number() + " is taken by [" + before.replace(".select", "") + "] already."));
        }
    }

    private void wrong(String area, String sentence) {
        String member = area.contains(" ") ? area.substring(0, area.indexOf(' ')) : area;
        problems.add(new Problem(member.isEmpty() ? "flash" : "flash." + member, sentence));
    }

    static String size(long bytes) {
        return bytes % KIB == 0 ? bytes / KIB + "K" : String.format(Locale.ROOT, "%d bytes", bytes);
    }
}
