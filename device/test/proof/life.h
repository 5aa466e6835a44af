// A device that lives from boot to boot: the chip's own boot/, an application that behaves in one of three ways, up to
// two faults in a boot, and a referee that holds the promises of docs/design/failure-model.md.
#ifndef UPDRAFT_LIFE_H
#define UPDRAFT_LIFE_H

#include "faults.h"
#include "world.h"

enum { LIFE_FAULTS_MOST = 2 };

// What has happened so far. Copied with the flash.
struct life_story {
    uint8_t starts_on_trial; // of the new image, since it was requested
    bool confirm_begun, confirm_done;
    bool failed;          // rejected by itself, or taken back
    bool medium_gone;     // for good
    bool flash_is_broken; // a sector refuses, or a group
    bool slot_is_broken;  // a sector of the running slot refuses
    bool was_disturbed;   // power or a reset took a start on trial, a reading was wrong on the way into the slot
    bool bitten;          // the watchdog reset the chip
    uint8_t mood;         // enum sim_mood: how torn units answer
    uint8_t requests;     // that were made
};

struct life {
    struct world world;
    struct life_story story;
    struct fault_counts counts; // of the last boot
    struct fault faults[LIFE_FAULTS_MOST];
    uint64_t seed;
    uint64_t boots;
    char complaint[160]; // empty: all is well
    // Of the boot under way.
    int recoveries;
    bool read_again;
};

void life_create(struct life *life, const struct chip *chip, const struct scene *scene);
void life_destroy(struct life *life);

// One boot, with the faults in life->faults, and what the application does. Looks at the promises.
void life_step(struct life *life);

// Nothing goes wrong any more and what was silent answers again, but for what is gone for good: goes on until nothing
// changes, and looks at where it ended.
void life_settle(struct life *life);

struct life_snapshot {
    struct sim_memory memory, medium;
    struct life_story story;
    uint8_t dead[SIM_SECTORS];
};
struct life_snapshot life_save(const struct life *life);
void life_restore(struct life *life, const struct life_snapshot *snapshot);
void life_forget(struct life_snapshot *snapshot);

// Stands for everything that the future depends on.
uint64_t life_hash(const struct life *life);

#endif
