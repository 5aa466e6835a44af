// The decision, over every combination of what is recorded and what was read: docs/design/boot-states.md.
#include <stdio.h>
#include <string.h>

#include "decide.h"

static int failures, combinations;

static void expect(bool holds, const char *what, const struct updraft_state_record *state,
                   const struct boot_findings *findings, enum boot_action action) {
    if (holds || failures++ > 20)
        return;
    printf("FAILED %s: phase %u attempts %u running %u fallback %u at %u failed %u whole %u done %u of %u, slot %u "
           "update %u "
           "fallback %u staged %u unwritable %d stuck %d waited %d bitten %d: action %d\n",
           what, state->phase, state->attempts, state->has_running, state->has_fallback, state->fallback,
           state->slot_failed, state->slot_whole, state->units_done, state->units_old, findings->slot, findings->update,
           findings->fallback, findings->staged, findings->unwritable, findings->stuck, findings->waited,
           findings->bitten, action);
}

static void look(const struct updraft_state_record *state, const struct boot_findings *findings) {
    enum boot_action action = boot_decide(state, findings, 2);
    uint8_t phase = state->phase;
    combinations++;
#define PROMISE(what, holds) expect(holds, what, state, findings, action)
    PROMISE("an unread thing is asked for once",
            (action != BOOT_READ_SLOT || findings->slot == BOOT_SLOT_UNREAD) &&
                (action != BOOT_READ_UPDATE || findings->update == BOOT_UNREAD) &&
                (action != BOOT_READ_FALLBACK || findings->fallback == BOOT_UNREAD) &&
                (action != BOOT_READ_STAGED || findings->staged == BOOT_UNREAD));
    PROMISE(
        "only the confirmed image, or one that nobody knows in a boot state that takes no record, is started as such",
        action != BOOT_START || findings->slot == BOOT_SLOT_RUNNING ||
            (findings->unwritable && phase <= UPDRAFT_PHASE_CONFIRMED && !state->slot_failed));
    PROMISE("what is started is whole",
            (action != BOOT_START && action != BOOT_START_UNCONFIRMED && action != BOOT_TRY) ||
                (findings->slot != BOOT_SLOT_BAD && findings->slot != BOOT_SLOT_UNREAD));
    PROMISE("what failed is not accepted", action != BOOT_ACCEPT || (!state->slot_failed && !findings->unwritable &&
                                                                     phase <= UPDRAFT_PHASE_CONFIRMED));
    PROMISE("a start on trial is one that can be recorded",
            action != BOOT_TRY ||
                (phase == UPDRAFT_PHASE_TRIAL && !findings->unwritable && findings->slot == BOOT_SLOT_PENDING));
    PROMISE("attempts end where there is something to go back to",
            action != BOOT_TRY || state->attempts < 2 || !state->has_running);
    PROMISE("without one, recovery had its turn", action != BOOT_TRY || state->attempts < 2 || findings->waited);
    PROMISE("the slot is erased only for what was read and is good",
            action != BOOT_COPY_BACK || findings->fallback == BOOT_GOOD);
    PROMISE("a swap begins only with what was read and is good, and recorded",
            action != BOOT_BEGIN_SWAP || (findings->update == BOOT_GOOD && !findings->unwritable));
    PROMISE("an update is refused only for a verdict", action != BOOT_REFUSE || findings->update == BOOT_BAD);
    PROMISE("a fallback is forgotten only for a verdict inside the chip",
            action != BOOT_FORGET_FALLBACK ||
                (findings->fallback == BOOT_BAD && state->fallback == UPDRAFT_SOURCE_STAGING));
    PROMISE("going back ends with the old image, every unit of it recorded",
            action != BOOT_END_REVERT ||
                (findings->slot == BOOT_SLOT_RUNNING && state->units_done >= state->units_old));
    PROMISE("what reads whole and may be torn waits for recovery",
            phase != UPDRAFT_PHASE_REVERTING || state->slot_whole || findings->unwritable || findings->waited ||
                (action != BOOT_START && action != BOOT_START_UNCONFIRMED));
    PROMISE("a swap is not gone on with when it cannot be recorded",
            action != BOOT_SWAP || (!findings->unwritable && !findings->stuck));
    PROMISE("the confirmed image starts at once",
            !(phase == UPDRAFT_PHASE_CONFIRMED && findings->slot == BOOT_SLOT_RUNNING) || action == BOOT_START);
    PROMISE("nothing whole is left lying in recovery for good",
            action != BOOT_RECOVER || findings->slot == BOOT_SLOT_BAD || findings->slot == BOOT_SLOT_UNREAD ||
                !findings->waited || phase == UPDRAFT_PHASE_SWAPPING);
#undef PROMISE
}

int main(void) {
    struct updraft_state_record state = {0};
    struct boot_findings found = {0};
    for (uint32_t i = 0; i < 7U * 4 * 2 * 3 * 2 * 2 * 2 * 2; i++) {
        uint32_t rest = i;
#define TAKE(count)                                                                                                    \
    (uint8_t)(rest % (count));                                                                                         \
    rest /= (count)
        state.phase = TAKE(7);
        state.attempts = TAKE(4);
        state.has_running = TAKE(2);
        state.has_fallback = TAKE(3);
        state.fallback = TAKE(2);
        state.slot_failed = TAKE(2);
        state.slot_whole = TAKE(2);
        state.units_done = TAKE(2);
        state.units_old = 1;
        for (uint32_t j = 0; j < 5U * 4 * 4 * 4 * 16; j++) {
            rest = j;
            found.slot = TAKE(5);
            found.update = TAKE(4);
            found.fallback = TAKE(4);
            found.staged = TAKE(4);
            found.unwritable = (rest & 1) != 0;
            found.stuck = (rest & 2) != 0;
            found.waited = (rest & 4) != 0;
            found.bitten = (rest & 8) != 0;
            if (found.slot != BOOT_SLOT_RUNNING || state.has_running)
                look(&state, &found);
        }
#undef TAKE
    }
    printf("decision: %d combinations\n", combinations);
    printf("%d passed, %d failed\n", failures == 0, failures > 0);
    return failures > 0;
}
