package dev.updraft.image.board;

import dev.updraft.image.MemoryRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What C and its makefiles need of a board: one header of constants. device/port turns it into layout, linker scripts and drivers. */
public final class BoardHeader {
    /** What the file is called, wherever it stands. */
    public static final String FILE = "updraft_board.h";

    private final StringBuilder text = new StringBuilder();
    private final Board board;

    private BoardHeader(Board board) {
        this.board = board;
    }

    /** The header's text. */
    public static String of(Board board) {
        BoardHeader header = new BoardHeader(board);
        header.write();
        return header.text.toString();
    }

    private void write() {
        line("// Board " + board.name() + ", " + board.chip().name() + ": written by 'updraft board header' from "
                + board.name() + ".toml. Change that, and write this anew.");
        line("#ifndef UPDRAFT_BOARD_H");
        line("#define UPDRAFT_BOARD_H");
        line("");
        line("// Makefiles read these lines.");
        define("BOARD_NAME", "\"" + board.name() + "\"");
        define("BOARD_PORT", board.chip().silicon().port());
        define("BOARD_CPU", board.chip().silicon().cpu());
        line("");
        line("// The chip.");
        define(board.chip().series(), "1");
        define("BOARD_MHZ", board.chip().silicon().megahertz());
        define("BOARD_INTERRUPTS", board.interrupts());
        chip();
        line("");
        line("// Who owns which bytes of the flash, docs/reference/flash-map.md.");
        map();
        line("");
        line("// How it is wired.");
        wiring();
        line("");
        line("#endif");
    }

    private void chip() {
        Geometry flash = board.geometry();
        define("BOARD_FLASH", hex(flash.start()));
        define("BOARD_FLASH_SIZE", hex(flash.size()));
        define("BOARD_FLASH_BANK_SIZE", hex(flash.bankSize()));
        define("BOARD_FLASH_UNIT", flash.programUnit());
        define("BOARD_FLASH_PAGE", hex(flash.runs().getFirst().unit()));
        define(
                "BOARD_FLASH_REGIONS",
                flash.runs().stream()
                        .map(run -> "{" + hex(run.start()) + ", " + hex(run.unit()) + ", " + run.count() + "}")
                        .collect(Collectors.joining(", ")));
        define("BOARD_RAM", hex(board.ram().getFirst().start()));
        define("BOARD_RAM_SIZE", hex(board.ram().getFirst().size()));
        define(
                "BOARD_RAMS",
                board.ram().stream()
                        .map(ram -> "{" + hex(ram.start()) + ", " + hex(ram.end()) + "}")
                        .collect(Collectors.joining(", ")));
    }

    private void map() {
        FlashLayout map = board.map();
        area("BOOTLOADER", map.bootloader());
        area("STATE_0", map.bootState().get(0));
        area("STATE_1", map.bootState().get(1));
        area("SETTINGS", map.settings());
        area("SLOT", map.slot());
        area("STAGING", map.staging());
        define("BOARD_SWAP_UNIT", hex(map.swapUnit()));
        define("BOARD_HEADER_SIZE", hex(board.header()));
    }

    private void area(String name, MemoryRange range) {
        define("BOARD_" + name, hex(range.start()));
        define("BOARD_" + name + "_SIZE", hex(range.size()));
    }

    private void wiring() {
        Wiring wiring = board.wiring();
        List<Pin> used = new ArrayList<>();
        wiring.console().ifPresent(uart -> peripheral("BOARD_CONSOLE", uart.name(), uart.pins(), used));
        wiring.wifi().ifPresent(uart -> {
            peripheral("BOARD_WIFI", uart.name(), uart.pins(), used);
            define("BOARD_WIFI_HANDSHAKE", uart.pins().size() == 4 ? "true" : "false");
        });
        define("BOARD_WIFI_IRQ", wiring.wifi().map(Wiring.Uart::interrupt).orElse(0));
        wiring.spiParts().values().stream()
                .findFirst()
                .ifPresent(spi -> peripheral("BOARD_MEDIA", spi.name(), spi.pins(), used));
        wiring.card().ifPresent(card -> select("BOARD_CARD", card.select(), used));
        wiring.nor().ifPresent(nor -> select("BOARD_NOR", nor.select(), used));
        wiring.ethernet().ifPresent(ethernet -> select("BOARD_ETHERNET", ethernet.select(), used));
        // bit n is for the port with letter n
        define(
                "BOARD_GPIOS",
                hex(used.stream().mapToInt(pin -> 1 << pin.port() - 'A').reduce(0, (a, b) -> a | b)));
    }

    private void peripheral(String role, String name, List<Pin> pins, List<Pin> used) {
        define(role, name);
        define(role + "_GATES", name + "_GATES");
        define(role + "_HZ", name + "_HZ");
        if (name.contains("UART") || name.contains("USART")) {
            define(role + "_BAUD_FACTOR", name.startsWith("LPUART") ? 256 : 1);
        }
        define(role + "_PINS(alternate)", String.join("; ", runs(pins)));
        used.addAll(pins);
    }

    private void select(String role, Pin pin, List<Pin> used) {
        define(role + "_SELECT", "GPIO" + pin.port() + ", " + pin.number());
        used.add(pin);
    }

    /** Neighbours that stand in one half of a port with one function are given away together: less code. */
    private static List<String> runs(List<Pin> pins) {
        List<Pin> left = new ArrayList<>(pins);
        left.sort((a, b) -> a.port() != b.port() ? a.port() - b.port() : a.number() - b.number());
        List<String> runs = new ArrayList<>();
        for (int i = 0; i < left.size(); ) {
            Pin first = left.get(i);
            int count = 1;
            while (i + count < left.size() && follows(first, left.get(i + count), count)) {
                count++;
            }
            runs.add(String.format(
                    "alternate(GPIO%c, %d, %d, %d)",
                    first.port(), first.number(), first.number() + count - 1, first.function()));
            i += count;
        }
        return runs;
    }

    private static boolean follows(Pin first, Pin next, int distance) {
        return next.port() == first.port()
                && next.number() == first.number() + distance
                && next.number() / 8 == first.number() / 8
                && next.function() == first.function();
    }

    private void define(String name, int value) {
        define(name, Integer.toString(value));
    }

    private void define(String name, String value) {
        line("#define UPDRAFT_" + name + " " + value);
    }

    private void line(String content) {
        text.append(content).append('\n');
    }

    private static String hex(long value) {
        return String.format(Locale.ROOT, "0x%x", value);
    }
}
