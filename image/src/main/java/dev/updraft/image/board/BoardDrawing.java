package dev.updraft.image.board;

import dev.updraft.image.MemoryRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A board's flash map and wiring, drawn for a terminal. */
public final class BoardDrawing {
    private static final int WIDTH = 32;

    private record Area(MemoryRange range, String name) {}

    private BoardDrawing() {}

    /** Lines of at most 110 characters. */
    public static String of(Board board) {
        StringBuilder text = new StringBuilder();
        Geometry flash = board.geometry();
        line(
                text,
                String.format(
                        Locale.ROOT,
                        "%s: %s, %d KB flash in %s, %d bytes programmed at a time%s",
                        board.name(),
                        board.chip().name(),
                        flash.size() >> 10,
                        flash.banks() == 1 ? "one bank" : flash.banks() + " banks",
                        flash.programUnit(),
                        flash.ecc() ? ", ECC" : ""));
        line(
                text,
                String.format(
                        Locale.ROOT,
                        "erase units: %s",
                        flash.runs().stream()
                                .map(run -> run.count() + " x " + BoardRules.size(run.unit()))
                                .collect(Collectors.joining(", "))));
        line(text, "");
        for (Area area : areas(board)) {
            int length = (int) Math.max(1, Math.round((double) area.range().size() * WIDTH / flash.size()));
            line(
                    text,
                    String.format(
                            Locale.ROOT,
                            "0x%08x  %7s  %-22s %s%s",
                            area.range().start(),
                            BoardRules.size(area.range().size()),
                            area.name(),
                            (area.name().equals("free") ? "." : "#").repeat(length),
                            flash.banks() > 1
                                    ? "  bank " + (flash.bankOf(area.range().start()) + 1)
                                    : ""));
        }
        line(text, "");
        line(
                text,
                String.format(
                        Locale.ROOT,
                        "An image has at most %s; it is linked for 0x%08x, behind its header of 0x%x bytes.",
                        BoardRules.size(board.slot().size()),
                        board.slot().start() + board.header(),
                        board.header()));
        line(
                text,
                String.format(
                        Locale.ROOT,
                        "An installation moves %d x %s.",
                        board.slot().size() / board.map().swapUnit(),
                        BoardRules.size(board.map().swapUnit())));
        Wiring wiring = board.wiring();
        wiring.console()
                .ifPresent(uart ->
                        line(text, String.format(Locale.ROOT, "console  %s  %s", uart.name(), pins(uart.pins()))));
        wiring.wifi()
                .ifPresent(uart ->
                        line(text, String.format(Locale.ROOT, "wifi     %s  %s", uart.name(), pins(uart.pins()))));
        wiring.spiParts()
                .forEach((name, spi) -> line(
                        text,
                        String.format(
                                Locale.ROOT,
                                "%-8s %s  %s, select %s",
                                name,
                                spi.name(),
                                pins(spi.pins()),
                                spi.select())));
        return text.toString();
    }

    private static List<Area> areas(Board board) {
        FlashLayout map = board.map();
        List<Area> areas = new ArrayList<>();
        areas.add(new Area(map.bootloader(), "bootloader"));
        areas.add(new Area(map.bootState().get(0), "boot state, group 1"));
        areas.add(new Area(map.bootState().get(1), "boot state, group 2"));
        areas.add(new Area(map.settings(), "settings"));
        areas.add(new Area(map.slot(), "slot"));
        areas.add(new Area(map.staging(), "staging"));
        areas.sort(Comparator.comparingLong(area -> area.range().start()));
        List<Area> all = new ArrayList<>();
        long at = board.geometry().start();
        for (Area area : areas) {
            if (area.range().start() > at) {
                all.add(new Area(new MemoryRange(at, area.range().start() - at), "free"));
            }
            all.add(area);
            at = area.range().end();
        }
        if (at < board.geometry().end()) {
            all.add(new Area(new MemoryRange(at, board.geometry().end() - at), "free"));
        }
        return all;
    }

    private static String pins(List<Pin> pins) {
        return pins.stream().map(Pin::toString).collect(Collectors.joining(", "));
    }

    private static void line(StringBuilder text, String content) {
        text.append(content).append('\n');
    }
}
