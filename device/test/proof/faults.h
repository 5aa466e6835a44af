// Faults beside the loss of power, put between the chip's C and its flash, and in the drivers of what is outside
// (docs/design/failure-model.md). Each is named by what it does and by when: the n-th operation or reading of a boot.
#ifndef UPDRAFT_FAULTS_H
#define UPDRAFT_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

enum fault_kind {
    FAULT_NONE,
    // at the n-th erase or program unit
    FAULT_POWER,  // power goes in it: torn
    FAULT_CLEAN,  // power goes just before it
    FAULT_RESET,  // the watchdog bites just before it
    FAULT_SECTOR, // its sector refuses from now on
    FAULT_GROUP,  // the group of the boot state that it is in refuses from now on
    // at the n-th reading of the flash
    FAULT_READ_ERROR, // fails
    FAULT_READ_BIT,   // gives a wrong bit
    // at the n-th reading of the medium
    FAULT_MEDIUM_ONCE,  // silent
    FAULT_MEDIUM_BIT,   // a wrong bit
    FAULT_MEDIUM_BOOT,  // silent until the boot ends
    FAULT_MEDIUM_GONE,  // silent from now on
    FAULT_MEDIUM_AWAY,  // not there in this boot (n is 0)
    FAULT_MEDIUM_OTHER, // another one is there in this boot (n is 0)
    FAULT_KINDS,
};

struct fault {
    enum fault_kind kind;
    int64_t at;
};

// What a boot counted, so that each place for a fault is known.
struct fault_counts {
    int64_t operations, readings, medium_readings;
};

const char *fault_name(enum fault_kind kind);

// How many places a boot with these counts has for a fault of this kind.
int64_t fault_places(enum fault_kind kind, const struct fault_counts *counts);

#endif
