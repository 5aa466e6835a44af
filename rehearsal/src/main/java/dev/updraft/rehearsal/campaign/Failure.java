package dev.updraft.rehearsal.campaign;

import java.util.List;

/**
 * A fault after which something was wrong.
 *
 * @param cut which flash operation, of how many; or which other fault
 * @param look how the operation was left, and the seed that decided what was left to chance; empty for other faults
 * @param complaint the referee's sentence
 * @param console the last lines that the firmware printed
 */
public record Failure(String cut, String look, String complaint, List<String> console) {
    public Failure {
        console = List.copyOf(console);
    }
}
