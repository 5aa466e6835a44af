// What to do next: a pure function of the recorded state and of what could be read in this boot
// (docs/design/boot-states.md draws it). It asks for a reading where it needs one. Every combination is tried by
// test/boot/test_decide.c.
#ifndef UPDRAFT_BOOT_DECIDE_H
#define UPDRAFT_BOOT_DECIDE_H

#include "updraft_boot_state.h"

// What a reading of an image gave. Only a verdict may change what is kept; what is silent now is asked again later.
enum boot_reading {
    BOOT_UNREAD = 0,
    BOOT_GOOD,   // whole, signed, and may run here
    BOOT_BAD,    // a verdict: the bytes were read consistently and are wrong; or there is no such image
    BOOT_SILENT, // cannot be read now: no answer, a read error, other bytes at each reading
};

// What the running slot holds. It is inside the chip: there is no silence, only what reads whole and what does not.
enum boot_slot {
    BOOT_SLOT_UNREAD = 0,
    BOOT_SLOT_RUNNING, // the image that was confirmed last
    BOOT_SLOT_PENDING, // the one that was installed last
    BOOT_SLOT_OTHER,   // a third one that may run here
    BOOT_SLOT_BAD,     // none
};

// All zeros when the bootloader begins.
struct boot_findings {
    uint8_t slot;     // enum boot_slot
    uint8_t update;   // enum boot_reading of the pending image, where it waits
    uint8_t fallback; // enum boot_reading of the image to go back to
    uint8_t staged;   // enum boot_reading of whatever stands in staging as a new image
    bool unwritable;  // the boot state took no record in this boot
    bool stuck;       // swapping or going back stopped at something that will not change in this boot
    bool waited;      // recovery waited for its time, and nobody came
    bool bitten;      // the watchdog reset the chip, and what ran then had failed its trial before
};

enum boot_action {
    BOOT_READ_SLOT,
    BOOT_READ_UPDATE,
    BOOT_READ_FALLBACK,
    BOOT_READ_STAGED,
    BOOT_ACCEPT,            // what the slot holds becomes the confirmed image
    BOOT_START,             // the confirmed image
    BOOT_START_UNCONFIRMED, // what the slot holds, under the watchdog, whatever the boot state says of it
    BOOT_REFUSE,            // give the pending image up
    BOOT_BEGIN_SWAP,
    BOOT_SWAP,      // go on with the swap
    BOOT_TRY,       // count a start on trial, then make it
    BOOT_REVERT,    // give the trial or the swap up
    BOOT_COPY_BACK, // go on copying the fallback back
    BOOT_END_REVERT,
    BOOT_FORGET_FALLBACK, // it is gone for good
    BOOT_RESTORE,         // the confirmed image is damaged: take the fallback
    BOOT_TAKE_STAGED,     // install what stands in staging
    BOOT_RECOVER,         // wait for an image, or for what is silent; for a bounded time
};

enum boot_action boot_decide(const struct updraft_state_record *state, const struct boot_findings *findings,
                             uint8_t trial_attempts);

#endif
