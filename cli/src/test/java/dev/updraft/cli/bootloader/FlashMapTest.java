package dev.updraft.cli.bootloader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.image.MemoryRange;
import dev.updraft.image.board.Board;
import dev.updraft.rehearsal.device.FlashMap;
import dev.updraft.rehearsal.device.FlashMap.Area;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A board's flash map is stated by its C code, by the image room and by the rehearsal: all say the same. */
class FlashMapTest {
    private static final int AREA = 12; // struct updraft_area: flash, address, size
    private static final int LOG = 4; // struct updraft_layout: board, log[2], settings, running, staging, step, header
    private static final int SETTINGS = LOG + 2 * AREA;
    private static final int RUNNING = SETTINGS + AREA;
    private static final int STAGING = RUNNING + AREA;
    private static final int STEP = STAGING + AREA;
    private static final int HEADER = STEP + 4;
    private static final int REGION = 12; // struct updraft_flash_region: address, unit, count

    private ByteBuffer bootloader = ByteBuffer.allocate(0);
    private int layout;

    @ParameterizedTest
    @EnumSource(Chip.class)
    void theCompiledBootloaderTheImageRoomAndTheRehearsalAgree(Chip chip) {
        readLayout(chip);
        FlashMap map = chip.map();
        assertThat(List.of(area(LOG), area(LOG + AREA))).isEqualTo(map.log());
        assertThat(area(RUNNING)).isEqualTo(map.running());
        assertThat(area(STAGING)).isEqualTo(map.staging());
        assertThat(word(layout + STEP)).isEqualTo(map.step());
        Area settings = area(SETTINGS);
        assertThat(map.use(settings.start())).isEqualTo("other");
        assertThat(map.use(settings.end() - 1)).isEqualTo("other");

        Board board = Board.named(chip.board()).orElseThrow();
        MemoryRange slot = board.slot();
        assertThat(new Area((int) slot.start() - FlashMap.BASE, (int) slot.size()))
                .isEqualTo(map.running());
        assertThat(word(layout + HEADER)).isEqualTo(board.header());
        assertThat(board.flash().size()).isEqualTo(map.geometry().size());
    }

    @ParameterizedTest
    @EnumSource(Chip.class)
    void theDriversSectorsAreTheChips(Chip chip) {
        readLayout(chip);
        FlashMap map = chip.map();
        int flash = word(layout + RUNNING);
        int regions = word(flash);
        int sector = 0;
        for (int i = 0; i < bootloader.get(flash + 4 - FlashMap.BASE); i++) {
            int start = word(regions + i * REGION) - FlashMap.BASE;
            int unit = word(regions + i * REGION + 4);
            for (int count = word(regions + i * REGION + 8); count > 0; count--, sector++, start += unit) {
                assertThat(map.geometry().sectorStart(sector)).isEqualTo(start);
                assertThat(map.geometry().sectorSize(sector)).isEqualTo(unit);
            }
        }
        assertThat(sector).isEqualTo(map.geometry().sectors());
        assertThat(bootloader.get(flash + 5 - FlashMap.BASE))
                .isEqualTo((byte) map.geometry().unit());
    }

    @ParameterizedTest
    @EnumSource(Chip.class)
    void theBootloaderSaysWhatItWasBuiltFor(Chip chip) {
        readLayout(chip);
        assertThat(word(FlashMap.BASE + 0x1C)).isEqualTo(0x5544_0000 | 1 | 2 | 0x100 | 0x200 | 0x400);
    }

    /** The layout is what begins with the address of the board's name. */
    private void readLayout(Chip chip) {
        byte[] code = Rig.bootloader(chip);
        bootloader = ByteBuffer.wrap(code).order(ByteOrder.LITTLE_ENDIAN);
        int name = FlashMap.BASE + new String(code, StandardCharsets.ISO_8859_1).indexOf(chip.board() + "\0");
        layout = FlashMap.BASE;
        while (word(layout) != name) {
            layout += 4;
        }
    }

    private Area area(int offset) {
        return new Area(word(layout + offset + 4) - FlashMap.BASE, word(layout + offset + 8));
    }

    private int word(int address) {
        return bootloader.getInt(address - FlashMap.BASE);
    }
}
