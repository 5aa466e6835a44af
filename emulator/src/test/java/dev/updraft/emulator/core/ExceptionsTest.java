package dev.updraft.emulator.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The scenarios of src/test/firmware/exceptions.c. Letters: S SVC, P PendSV, N NMI, H HardFault, B BusFault, U UsageFault, digits
 * and small letters beginning and end of an interrupt handler. QEMU's mps2-an386 prints the same, but for trapping unaligned
 * accesses, which it does not do.
 */
class ExceptionsTest {
    private static Map<String, String> lines = Map.of();

    @BeforeAll
    static void run() {
        BareBoard board = new BareBoard().load(BareBoard.compile("-mcpu=cortex-m4 -O2", "exceptions.c"));
        assertThat(board.runToExit(10_000_000)).isZero();
        lines = board.printed()
                .lines()
                .collect(Collectors.toMap(
                        line -> line.substring(0, line.indexOf(':')),
                        line -> line.substring(line.indexOf(':') + 1).strip()));
    }

    @ParameterizedTest(name = "{0} (Armv7-M ARM {1})")
    @CsvSource({
        "svc, B1.5.6 and tail-chaining B1.5.12, SsP 4321 lr fffffff9",
        "stack alignment, B1.5.7, '0 0, bit 9 differs 1'",
        "psp, B1.5.8, SsP 10 lr fffffffd depth 32",
        "preemption, B1.5.4, 01ba",
        "same priority, B1.5.4, 0a1b",
        "sub-priority, B1.5.4, 0a1b",
        "order, B1.5.4, -1b2c0a",
        "basepri, B1.4.3, 1b-0a2c",
        "stir, B3.2.26, 5f",
        "bus fault, B3.2.15, B cfsr 00008200 bfar 70000000",
        "bus fault at a write, B3.2.15, B bfar 70000004",
        "undefined, B3.2.15, U cfsr 00010000",
        "division, B3.2.8, U cfsr 02000000",
        "division without trap, B3.2.8, 0",
        "unaligned, A3.2.1, U cfsr 01000000",
        "unaligned trapped, B3.2.8, U cfsr 01000000",
        "not thumb, B1.4.2, U cfsr 00020000",
        "escalated, B1.5.14, H hfsr 40000000 cfsr 00010000",
        "masked, B1.5.14, H hfsr 40000000",
        "in an it block, B1.4.2, U psr it 0e",
        "'derived, more urgent', B1.5.11, B0a cfsr 00001000 hfsr 00000000",
        "'derived, as urgent', B1.5.11, B0a cfsr 00001000 hfsr 00000000",
        "'derived, less urgent', B1.5.11, 0aB cfsr 00001000 hfsr 00000000",
        "'derived, not urgent enough', B1.5.11, H0a cfsr 00001000 hfsr 40000000",
        "'derived, not enabled', B1.5.11, H0a cfsr 00001000 hfsr 40000000",
        "'derived, supervisor call', B1.5.11, BSsP cfsr 00001000",
        "'derived, fault', B1.5.11, BU cfsr 00000000",
        "nmi, B1.5.2, N",
        "wfi with primask, B1.5.19, 3dw3d",
        "cleared, B3.4.1, ''",
        "systick, B3.3, 5",
    })
    void holds(String scenario, String section, String expected) {
        assertThat(lines).as(section).containsEntry(scenario, expected);
    }
}
