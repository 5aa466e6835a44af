// What to do next, from the recorded state alone: a pure function.
#ifndef UPDRAFT_BOOT_DECIDE_H
#define UPDRAFT_BOOT_DECIDE_H

#include "updraft_boot_state.h"

enum boot_action {
    BOOT_ADOPT,   // nothing is known: run what is in the slot if it verifies
    BOOT_START,   // the confirmed image
    BOOT_INSTALL, // verify the wanted image, then begin the walk
    BOOT_WALK,    // go on with the walk
    BOOT_TRY,     // start on trial
    BOOT_REVERT,  // give the trial up
    BOOT_GO_BACK, // go on copying the old image back
    BOOT_RECOVER, // the log holds nonsense
};

enum boot_action boot_decide(const struct updraft_state_record *state, uint8_t trial_attempts);

#endif
