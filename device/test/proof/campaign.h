// Power cuts, tried one after the other over a scene of a world, and over the boot state alone.
#ifndef UPDRAFT_CAMPAIGN_H
#define UPDRAFT_CAMPAIGN_H

#include "world.h"

struct campaign {
    const struct chip *chip;
    const struct scene *scene;
    int depth;          // cuts in one sequence: 1 to 3
    uint32_t stride[3]; // 1: every cut point at that depth; n: one of n, which one drawn anew
    int moods; // ways in which torn units answer, tried at each cut point: 1 (drawn) or 6 (all, where stride is 1)
    uint64_t seed;
};

struct tally {
    uint64_t sequences; // from the factory state to the end, with `depth` cuts or fewer where the end came first
    uint64_t cuts;
    uint64_t power_ups;
    uint64_t failures;
};

// Prints the first failure in full.
void campaign_run(const struct campaign *campaign, struct tally *tally);

struct log_campaign {
    const struct chip *chip;
    int depth;
    uint32_t stride[3];
    int moods;
    int appends;    // in one power-up
    int log_filled; // records beforehand
    uint64_t seed;
};
void log_campaign_run(const struct log_campaign *campaign, struct tally *tally);

#endif
