package dev.updraft.rehearsal.campaign;

import dev.updraft.rehearsal.FaultKind;

/**
 * One fault beside the power, tried once.
 *
 * @param cut the operation that the power was cut at before; -1: none
 */
record FaultTrial(FaultKind kind, Line line, int cut, Disturbance fault) {
    String describe() {
        return (cut < 0 ? line.name() : line.where(cut)) + "; " + fault.describe();
    }
}
