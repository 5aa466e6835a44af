package dev.updraft.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.image.board.Board;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VectorTableMoveTest {
    private static final Board BOARD = Board.find("stm32f407");

    /** As arm-none-eabi-gcc compiles SCB->VTOR = ...; the literals stand behind four instructions. */
    @ParameterizedTest
    @CsvSource({
        "NO_FLASH, false",
        "LDR_MOV, true",
        "LDR_LDR, true",
        "STR_W, true",
        "OWN, false",
        "OTHER_REGISTER, false"
    })
    void aVectorTableElsewhereIsFound(String kind, boolean found) {
        short[] code = switch (kind) {
            // ldr r3, =SCB; mov.w r2, #0x08000000; str r2, [r3, #8]; bx lr
            case "LDR_MOV" -> new short[] {0x4B02, (short) 0xF04F, 0x6200, 0x609A, 0x4770, (short) 0xBF00};
            // ldr r3, =SCB; ldr r2, =address; str r2, [r3, #8]; bx lr
            case "LDR_LDR", "OWN" -> new short[] {0x4B02, 0x4A03, 0x609A, 0x4770, (short) 0xBF00, (short) 0xBF00};
            // mov.w r3, #0xe000e000; mov.w r2, #0x08000000; str.w r2, [r3, #0xd08]
            case "STR_W" -> new short[] {(short) 0xF04F, 0x23E0, (short) 0xF04F, 0x6200, (short) 0xF8C3, 0x2D08};
            // str r2, [r3, #12]
            case "OTHER_REGISTER" -> new short[] {0x4B02, (short) 0xF04F, 0x6200, 0x60DA, 0x4770, (short) 0xBF00};
            default -> new short[] {0x4B02, (short) 0xF04F, 0x4200, 0x609A, 0x4770, (short) 0xBF00};
        };
        byte[] firmware = ImageSignerTest.firmware(0x0802_0200);
        ByteBuffer at = ByteBuffer.wrap(firmware).order(ByteOrder.LITTLE_ENDIAN).position(0x80);
        for (short half : code) {
            at.putShort(half);
        }
        at.putInt(0xE000ED00).putInt(kind.equals("OWN") ? 0x0802_0200 : 0x0800_0000);
        Image image = ImageSigner.unsigned().version("1.0.0").board("stm32f407").sign(firmware);

        assertThat(VectorTableMove.warning(BOARD, image).isPresent()).isEqualTo(found);
        if (found) {
            assertThat(VectorTableMove.warning(BOARD, image).orElseThrow())
                    .contains("sets VTOR to 0x08000000", "VECT_TAB_OFFSET to 0x20200");
        }
    }
}
