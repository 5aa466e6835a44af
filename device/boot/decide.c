#include "decide.h"

enum boot_action boot_decide(const struct updraft_state_record *state, uint8_t trial_attempts) {
    switch (state->phase) {
    case UPDRAFT_PHASE_NEW: return BOOT_ADOPT;
    case UPDRAFT_PHASE_CONFIRMED: return state->has_running ? BOOT_START : BOOT_ADOPT;
    case UPDRAFT_PHASE_PENDING: return BOOT_INSTALL;
    case UPDRAFT_PHASE_SWAPPING: return BOOT_WALK;
    case UPDRAFT_PHASE_TRIAL:
        // Without an old image to go back to, starting once more is the best there is.
        return state->attempts < trial_attempts || !state->has_running ? BOOT_TRY : BOOT_REVERT;
    case UPDRAFT_PHASE_REVERTING: return state->has_running ? BOOT_GO_BACK : BOOT_RECOVER;
    default: return BOOT_RECOVER;
    }
}
