#include "updraft_trial.h"

enum { TRIAL_DEFAULT_S = 600, OUTAGE_DEFAULT_S = 4 * 3600 };

static enum updraft_trial_result reject(struct updraft_boot_state *log, enum updraft_reason why,
                                        enum updraft_reason *reason) {
    (void)updraft_boot_state_reject(log, why);
    *reason = why;
    return UPDRAFT_TRIAL_RESET;
}

enum updraft_trial_result updraft_trial_end(struct updraft_boot_state *log, const struct updraft_trial *trial,
                                            enum updraft_self_test result, enum updraft_reason *reason) {
    uint32_t limit = trial->limit_seconds != 0 ? trial->limit_seconds : TRIAL_DEFAULT_S;
    uint32_t outage = trial->outage_seconds != 0 ? trial->outage_seconds : OUTAGE_DEFAULT_S;
    if (result == UPDRAFT_TEST_PASSED) {
        return updraft_boot_state_confirm(log) == UPDRAFT_OK ? UPDRAFT_TRIAL_CONFIRMED : UPDRAFT_TRIAL_GOES_ON;
    }
    if (result == UPDRAFT_TEST_FAILED) {
        return reject(log, UPDRAFT_REASON_SELF_TEST, reason);
    }
    if (trial->seconds >= limit && trial->reached) {
        *reason = UPDRAFT_REASON_NOT_CONFIRMED;
        return UPDRAFT_TRIAL_RESET; // the bootloader counts attempts
    }
    // Nobody knows whether it is the image that cannot reach anybody: the old one tries, and this one again.
    return trial->seconds >= limit && trial->seconds >= outage ? reject(log, UPDRAFT_REASON_NETWORK, reason)
                                                               : UPDRAFT_TRIAL_GOES_ON;
}
