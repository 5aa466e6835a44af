// How the trial of a new image ends, whoever watches over it.
#ifndef UPDRAFT_TRIAL_H
#define UPDRAFT_TRIAL_H

#include "updraft_boot_state.h"

enum updraft_self_test { UPDRAFT_TEST_PASSED, UPDRAFT_TEST_FAILED, UPDRAFT_TEST_RUNNING };

enum updraft_trial_result {
    UPDRAFT_TRIAL_GOES_ON,
    UPDRAFT_TRIAL_CONFIRMED, // and recorded
    UPDRAFT_TRIAL_RESET,     // the reset is due: the bootloader counts attempts, or takes the image back
};

// Limits of 0 stand for ten minutes, and for four hours while nobody was reached.
struct updraft_trial {
    bool reached;            // whoever brings updates was heard of since the reset
    uint32_t seconds;        // since the start
    uint32_t limit_seconds;  // how long a self-test may stay UPDRAFT_TEST_RUNNING
    uint32_t outage_seconds; // ... while nobody was reached, which may be nobody's fault
};

// What follows from the self-test's result for an image on trial; on UPDRAFT_TRIAL_RESET `reason` says why.
enum updraft_trial_result updraft_trial_end(struct updraft_boot_state *log, const struct updraft_trial *trial,
                                            enum updraft_self_test result, enum updraft_reason *reason);

#endif
