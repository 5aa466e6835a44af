package dev.updraft.image.board;

import dev.updraft.image.ImageException;
import dev.updraft.image.MemoryRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A flash map for a chip, and why it is as it is: a board file to start from. It is made so that {@link BoardRules} finds nothing.
 */
public final class BoardProposal {
    private static final int KIB = 1024;
    /** Room for a bootloader with everything in it (docs/reference/footprint.md). */
    private static final int BOOTLOADER = 32 * KIB;
    /** What the end of an image takes behind the firmware: TLVs. */
    private static final int TLVS = KIB;
    /** On the WB the firmware of the radio stands at the end of the flash; ST's largest takes this much. */
    private static final int RADIO = 256 * KIB;

    private final Part part;
    private final Geometry flash;
    private final boolean outside;
    private final int header;
    private final List<MemoryRange> units;
    private final List<String> notes = new ArrayList<>();

    private BoardProposal(Part part, Geometry flash, boolean outside) {
        this.part = part;
        this.flash = flash;
        this.outside = outside;
        header = Board.vectorAlignment(part.silicon().interrupts());
        long end = part.series().equals("STM32WB") ? flash.end() - RADIO : flash.end();
        units = flash.units().stream().filter(unit -> unit.end() <= end).toList();
    }

    /** Where a new image waits. */
    public enum Staging {
        CHIP,
        CARD,
        NOR
    }

    /**
     * The text of a board file.
     *
     * @param imageSize bytes of the largest image; 0: as large as can be
     * @param eraseUnit where an option byte chooses it; 0: the chip's usual
     * @param banks likewise
     * @throws ImageException if the chip has no port or is too small, with what would fit
     */
    public static String of(Part part, long imageSize, Staging staging, int eraseUnit, int banks) {
        if (!part.silicon().carried()) {
            throw new ImageException(
                    "There is no port for the " + part.name()
                            + " yet (docs/guide/port-a-chip.md); there are those for STM32F4, L4, G4, WB, WL and H7 with one processor.");
        }
        Geometry usual = Geometry.of(part);
        boolean chosen = eraseUnit != 0 || banks != 0;
        if (chosen && usual.runs().size() > 1) {
            throw new ImageException("The sectors of " + part.name()
                    + " have different sizes, which no option byte changes: leave --erase-unit and --banks out.");
        }
        Geometry flash = chosen
                ? usual.chosen(
                        eraseUnit == 0 ? usual.runs().getFirst().unit() : eraseUnit, banks == 0 ? usual.banks() : banks)
                : usual;
        return new BoardProposal(part, flash, staging != Staging.CHIP).text(imageSize, staging, chosen);
    }

    private String text(long imageSize, Staging staging, boolean chosen) {
        FlashLayout map = map(imageSize);
        StringBuilder text = new StringBuilder();
        line(text, String.format(Locale.ROOT, "# A %s, as 'updraft board new' proposes it.", part.name()));
        line(text, String.format(Locale.ROOT, "chip = \"%s\"", part.name()));
        line(text, String.format(Locale.ROOT, "interrupts = %d", part.silicon().interrupts()));
        line(text, "");
        line(text, "[flash]");
        notes.forEach(note -> line(text, "# " + note));
        if (chosen) {
            line(
                    text,
                    String.format(
                            Locale.ROOT,
                            "erase-unit = \"%s\" # an option byte of the device must say the same",
                            BoardRules.size(flash.runs().getFirst().unit())));
            line(text, String.format(Locale.ROOT, "banks = %d", flash.banks()));
        }
        line(text, String.format(Locale.ROOT, "bootloader = %s", range(map.bootloader())));
        line(
                text,
                String.format(
                        Locale.ROOT,
                        "boot-state = [%s, %s]",
                        range(map.bootState().get(0)),
                        range(map.bootState().get(1))));
        line(text, String.format(Locale.ROOT, "settings = %s", range(map.settings())));
        line(text, String.format(Locale.ROOT, "slot = %s", range(map.slot())));
        line(text, String.format(Locale.ROOT, "staging = %s", range(map.staging())));
        line(text, String.format(Locale.ROOT, "swap-unit = \"%s\"", BoardRules.size(map.swapUnit())));
        line(text, String.format(Locale.ROOT, "header = 0x%x", header));
        line(text, "");
        text.append(UsualWiring.of(part, staging));
        return text.toString();
    }

    private FlashLayout map(long imageSize) {
        int at = 0;
        int boot = count(at, BOOTLOADER);
        MemoryRange bootloader = span(at, boot);
        at += boot;
        int group = flash.size() >= 512L * KIB ? 16 * KIB : BoardRules.GROUP_LEAST;
        boolean twoBanks = flash.banks() > 1 && flash.bankOf(units.getLast().start()) > 0;
        int first = count(at, group);
        MemoryRange state1 = span(at, first);
        at += first;
        int second = twoBanks ? firstOfSecondBank() : at;
        MemoryRange state2 = span(second, count(second, group));
        int behind = second + count(second, group);
        if (!twoBanks) {
            at = behind;
        }
        MemoryRange settings = span(at, 1);
        at++;
        note(String.format(
                Locale.ROOT,
                "Bootloader: %s, room for everything that can be in it.",
                BoardRules.size(bootloader.size())));
        return twoBanks
                ? inTwoBanks(bootloader, state1, state2, settings, at, second, behind, imageSize)
                : inOneBank(bootloader, state1, state2, settings, at, imageSize);
    }

    private FlashLayout inTwoBanks(
            MemoryRange bootloader,
            MemoryRange state1,
            MemoryRange state2,
            MemoryRange settings,
            int at,
            int bank2,
            int behind,
            long imageSize) {
        List<MemoryRange> here = largest(at, bank2);
        List<MemoryRange> there = largest(behind, units.size());
        long unit = here.isEmpty() || there.isEmpty()
                ? 1
                : Math.max(here.getFirst().size(), there.getFirst().size());
        long room = Math.min(size(here), size(there) - unit);
        long swap = swapUnit(unit, room);
        long slot = slot(Math.min(size(here), size(there) - swap) / swap * swap, swap, imageSize);
        note(
                "One group of the boot state a bank, and staging in the bank that code does not run from: a download does not make the application stand still.");
        note(String.format(
                Locale.ROOT,
                "Swap unit: %s, so that the slot has %d of them (32 at most); staging is one longer than the slot.",
                BoardRules.size(swap),
                slot / swap));
        return new FlashLayout(
                bootloader,
                List.of(state1, state2),
                settings,
                new MemoryRange(here.getFirst().start(), slot),
                new MemoryRange(there.getFirst().start(), outside ? swap : slot + swap),
                (int) swap);
    }

    private FlashLayout inOneBank(
            MemoryRange bootloader,
            MemoryRange state1,
            MemoryRange state2,
            MemoryRange settings,
            int at,
            long imageSize) {
        List<MemoryRange> rest = largest(at, units.size());
        long unit = rest.isEmpty() ? 1 : rest.getFirst().size();
        int copies = outside ? 1 : 2;
        long swap = swapUnit(unit, (size(rest) - unit) / copies);
        long slot = slot((size(rest) - swap) / copies / swap * swap, swap, imageSize);
        note("While one of its parts is erased, code that runs from this flash stands still.");
        note(
                outside
                        ? "The new image waits outside of the chip; one swap unit inside is staging's, where the bootloader keeps what it must."
                        : "Staging is one swap unit longer than the slot, so that an installation moves one way.");
        note(String.format(
                Locale.ROOT,
                "Swap unit: %s, so that the slot has %d of them (32 at most).",
                BoardRules.size(swap),
                slot / swap));
        long start = rest.getFirst().start();
        return new FlashLayout(
                bootloader,
                List.of(state1, state2),
                settings,
                new MemoryRange(start, slot),
                new MemoryRange(start + slot, outside ? swap : slot + swap),
                (int) swap);
    }

    /** The smallest multiple of the erase unit that gives 32 swap units at most. */
    private static long swapUnit(long unit, long room) {
        long swap = unit;
        while (room / swap > BoardRules.UNITS_MOST) {
            swap += unit;
        }
        return swap;
    }

    private long slot(long most, long swap, long imageSize) {
        long needed = imageSize == 0 ? most : (imageSize + header + TLVS + swap - 1) / swap * swap;
        if (most <= 0 || needed > most) {
            throw new ImageException(tooSmall(Math.max(0, most), imageSize, swap));
        }
        if (needed < most) {
            note(String.format(
                    Locale.ROOT,
                    "%s of the flash are left to the application.",
                    BoardRules.size((most - needed) * (outside ? 1 : 2))));
        }
        return needed;
    }

    private String tooSmall(long most, long imageSize, long swap) {
        StringBuilder text = new StringBuilder("The " + part.name() + " with " + BoardRules.size(flash.size())
                + " of flash is too small for " + (outside ? "a slot" : "two slots")
                + (imageSize == 0 ? "" : " of " + BoardRules.size(imageSize)) + ": ");
        text.append(most > 0 ? "inside the chip fit images of " + BoardRules.size(most - header - TLVS) : "none fits");
        List<MemoryRange> rest = largest(0, units.size());
        long room = Math.max(
                0, size(rest) - swap - (rest.isEmpty() || rest.getFirst().size() * 4 > size(rest) ? 0 : 2 * swap));
        if (!outside && room >= swap) {
            text.append("; with --staging card or nor some ").append(BoardRules.size(room / swap * swap));
        }
        return text.append(".").toString();
    }

    // Erase units by their number

    private int count(int from, long bytes) {
        int count = 0;
        long size = 0;
        while (size < bytes && from + count < units.size()) {
            size += units.get(from + count++).size();
        }
        return count;
    }

    private MemoryRange span(int from, int count) {
        if (from + count > units.size() || count == 0) {
            throw new ImageException("The " + part.name() + " with " + BoardRules.size(flash.size())
                    + " of flash is too small for a bootloader and two slots.");
        }
        long start = units.get(from).start();
        return new MemoryRange(start, units.get(from + count - 1).end() - start);
    }

    private int firstOfSecondBank() {
        int number = 0;
        while (flash.bankOf(units.get(number).start()) == 0) {
            number++;
        }
        return number;
    }

    /** What is left of the largest erase units between two numbers: they stand at the end of each bank. */
    private List<MemoryRange> largest(int from, int to) {
        if (from >= to) {
            return List.of();
        }
        List<MemoryRange> range = units.subList(from, to);
        long most = range.stream().mapToLong(MemoryRange::size).max().orElse(0);
        return range.stream().filter(unit -> unit.size() == most).toList();
    }

    private static long size(List<MemoryRange> neighbours) {
        return neighbours.stream().mapToLong(MemoryRange::size).sum();
    }

    private void note(String note) {
        notes.add(note);
    }

    private static String range(MemoryRange range) {
        return String.format(
                Locale.ROOT, "{ start = 0x%08X, size = \"%s\" }", range.start(), BoardRules.size(range.size()));
    }

    private static void line(StringBuilder text, String content) {
        text.append(content).append('\n');
    }
}
