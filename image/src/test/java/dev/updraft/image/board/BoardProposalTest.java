package dev.updraft.image.board;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.updraft.image.ImageException;
import dev.updraft.image.board.BoardProposal.Staging;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class BoardProposalTest {
    @ParameterizedTest
    @EnumSource
    void whatIsProposedForAnyPartThatIsCarriedIsInOrder(Staging staging) {
        int proposed = 0;
        for (Part part : Part.all()) {
            if (!part.silicon().carried()) {
                continue;
            }
            String text;
            try {
                text = BoardProposal.of(part, 0, staging, 0, 0);
            } catch (ImageException small) {
                assertThat(small).hasMessageContaining("too small");
                assertThat(part.flash().size()).isLessThanOrEqualTo(512 * 1024);
                continue;
            }
            assertThat(new BoardFile("proposed", "proposed", text).problems())
                    .as(part.name())
                    .isEmpty();
            proposed++;
        }
        assertThat(proposed).isGreaterThan(300);
    }

    @Test
    void aChipWithTwoBanksIsUpdatedInTheOther() {
        Board board = board(BoardProposal.of(Part.find("STM32F429ZI"), 0, Staging.CHIP, 0, 0));

        assertThat(board.geometry().bankOf(board.slot().start())).isZero();
        assertThat(board.geometry().bankOf(board.map().staging().start())).isEqualTo(1);
        assertThat(board.geometry().bankOf(board.map().bootState().get(1).start()))
                .isEqualTo(1);
        assertThat(board.slot().size()).isEqualTo(768 * 1024);
    }

    @Test
    void anOptionByteThatChoosesPagesIsSaid() {
        Board two = board(BoardProposal.of(Part.find("STM32G474RE"), 0, Staging.CHIP, 2048, 2));
        Board one = board(BoardProposal.of(Part.find("STM32G474RE"), 0, Staging.CHIP, 4096, 1));

        assertThat(two.geometry().units()).hasSize(256);
        assertThat(one.geometry().units()).hasSize(128);
        assertThat(one.slot().size()).isGreaterThan(two.slot().size());
    }

    @Test
    void anImageSizeThatIsGivenLeavesTheRestToTheApplication() {
        Board board = board(BoardProposal.of(Part.find("STM32L476RG"), 100_000, Staging.CHIP, 0, 0));

        assertThat(board.slot().size()).isBetween(100_000L, 128 * 1024L);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        STM32F446RE | 204800 | too small for two slots of 200K: inside the chip fit images of 129536 bytes; with --staging card or nor some 256K.
        STM32F401RB | 0      | too small
        STM32F103C8 | 0      | no port for the STM32F103C8
        STM32H745ZI | 0      | no port for the STM32H745ZI
        """)
    void whatDoesNotFitIsOneSentenceThatSaysWhatWould(String part, long imageSize, String sentence) {
        assertThatThrownBy(() -> BoardProposal.of(Part.find(part), imageSize, Staging.CHIP, 0, 0))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining(sentence);
    }

    @Test
    void aPartThatDoesNotExistIsNamedWithItsNearest() {
        assertThatThrownBy(() -> Part.find("STM32F446RX")).hasMessageContaining("near are STM32F446RC, STM32F446RE");
        assertThat(Part.find("stm32f446ret6").name()).isEqualTo("STM32F446RE");
    }

    private static Board board(String text) {
        return new BoardFile("proposed", "proposed", text).board();
    }
}
