// Proves the bootloader on this PC: `proof check` in a minute or two, `proof full` for the record (`proof pairs` is its
// double cuts), `proof teeth` the part of the check that must catch every mutant. Ends with 0 when nothing failed.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "campaign.h"
#include "images.h"

#define IN_CHIP UPDRAFT_SOURCE_STAGING
#define CARD UPDRAFT_SOURCE_CARD
#define NOR UPDRAFT_SOURCE_NOR

static const struct scene scenes[] = {
    {"install, longer image", SCENE_CONFIRM, IMAGE_GOOD, 1, 3, 3, 0, FLASH_GOOD, IN_CHIP, 0},
    {"install, shorter image", SCENE_CONFIRM, IMAGE_GOOD, 3, 1, 3, 0, FLASH_GOOD, IN_CHIP, 0},
    {"install, full slots", SCENE_CONFIRM, IMAGE_GOOD, 3, 3, 3, 0, FLASH_GOOD, IN_CHIP, 0},
    {"install, log turns over in the walk", SCENE_CONFIRM, IMAGE_GOOD, 2, 2, 3, 4, FLASH_GOOD, IN_CHIP, 0},
    {"install, log turns over at the trial", SCENE_CONFIRM, IMAGE_GOOD, 1, 2, 3, 9, FLASH_GOOD, IN_CHIP, 0},
    {"install, one start on trial", SCENE_CONFIRM, IMAGE_GOOD, 2, 2, 1, 0, FLASH_GOOD, IN_CHIP, 0},
    {"never confirmed", SCENE_SILENT, IMAGE_GOOD, 2, 3, 1, 0, FLASH_GOOD, IN_CHIP, 0},
    {"never confirmed, two starts", SCENE_SILENT, IMAGE_GOOD, 3, 1, 2, 6, FLASH_GOOD, IN_CHIP, 0},
    {"self-test says no", SCENE_REJECT, IMAGE_GOOD, 2, 2, 3, 0, FLASH_GOOD, IN_CHIP, 0},
    {"wrong signature", SCENE_REFUSED, IMAGE_SIGNATURE, 2, 2, 3, 0, FLASH_GOOD, IN_CHIP, 0},
    {"wrong digest", SCENE_REFUSED, IMAGE_DIGEST, 2, 2, 3, 3, FLASH_GOOD, IN_CHIP, 0},
    {"another board", SCENE_REFUSED, IMAGE_BOARD, 2, 1, 3, 0, FLASH_GOOD, IN_CHIP, 0},
    {"older security counter", SCENE_REFUSED, IMAGE_COUNTER, 1, 1, 3, 0, FLASH_GOOD, IN_CHIP, 0},
    {"a stranger's key", SCENE_REFUSED, IMAGE_FOREIGN_KEY, 1, 1, 3, 0, FLASH_GOOD, IN_CHIP, 0},
    {"staging's first sector is dead", SCENE_FLASH, IMAGE_GOOD, 2, 2, 3, 0, FLASH_DEAD_STAGING, IN_CHIP, 0},
    {"the slot's second sector cannot be erased", SCENE_FLASH, IMAGE_GOOD, 2, 3, 3, 0, FLASH_DEAD_RUNNING, IN_CHIP, 0},
    {"a unit of staging stays erased and says nothing", SCENE_FLASH, IMAGE_GOOD, 1, 2, 3, 0, FLASH_STUCK_STAGING,
     IN_CHIP, 0},
    {"fresh from the factory", SCENE_FACTORY, IMAGE_GOOD, 2, 1, 3, 0, FLASH_GOOD, IN_CHIP, 0},
    {"install, a step equal in both", SCENE_CONFIRM, IMAGE_GOOD, 3, 3, 3, 0, FLASH_GOOD, IN_CHIP, EQUAL},
    {"install, a step equal in both that was never proven", SCENE_CONFIRM, IMAGE_GOOD, 3, 3, 3, 0, FLASH_SHAKY_SLOT,
     IN_CHIP, EQUAL},
    {"never confirmed, a step equal in both", SCENE_SILENT, IMAGE_GOOD, 3, 3, 1, 0, FLASH_GOOD, IN_CHIP, EQUAL},
    {"install, encrypted", SCENE_CONFIRM, IMAGE_GOOD, 3, 3, 3, 0, FLASH_GOOD, IN_CHIP, ENCRYPTED},
    {"never confirmed, packed", SCENE_SILENT, IMAGE_GOOD, 1, 3, 1, 0, FLASH_GOOD, IN_CHIP, PACKED},
    {"install, packed and encrypted", SCENE_CONFIRM, IMAGE_GOOD, 1, 3, 3, 0, FLASH_GOOD, IN_CHIP, PACKED | ENCRYPTED},
    {"packed, unpacks to something else", SCENE_REFUSED, IMAGE_UNPACKED, 1, 3, 3, 0, FLASH_GOOD, IN_CHIP, PACKED},
    {"packed, wrong digest", SCENE_REFUSED, IMAGE_DIGEST, 1, 2, 3, 0, FLASH_GOOD, IN_CHIP, PACKED},
    {"packed, the slot's second sector cannot be erased", SCENE_FLASH, IMAGE_GOOD, 1, 3, 3, 0, FLASH_DEAD_RUNNING,
     IN_CHIP, PACKED},
    {"install from a card", SCENE_CONFIRM, IMAGE_GOOD, 2, 3, 3, 0, FLASH_GOOD, CARD, 0},
    {"install from a card, fallback on it", SCENE_CONFIRM, IMAGE_GOOD, 3, 2, 3, 0, FLASH_GOOD, CARD, COPY},
    {"never confirmed, from a card, encrypted, fallback on it", SCENE_SILENT, IMAGE_GOOD, 2, 2, 1, 0, FLASH_GOOD, CARD,
     COPY | ENCRYPTED},
    {"never confirmed, from a card, the fallback on it rotten", SCENE_SILENT, IMAGE_GOOD, 2, 2, 1, 0, FLASH_COPY_ROTTEN,
     CARD, COPY},
    {"from a card that is pulled out", SCENE_CONFIRM, IMAGE_GOOD, 2, 2, 3, 0, FLASH_CARD_PULLED, CARD, 0},
    {"from a card, where the old image is kept is dead", SCENE_FLASH, IMAGE_GOOD, 2, 2, 3, 0, FLASH_DEAD_STAGING, CARD,
     0},
    {"install from an external flash, packed", SCENE_CONFIRM, IMAGE_GOOD, 3, 3, 3, 0, FLASH_GOOD, NOR, PACKED},
    {"install from an external flash, equal step, fallback on it", SCENE_CONFIRM, IMAGE_GOOD, 3, 3, 3, 0, FLASH_GOOD,
     NOR, COPY | EQUAL},
    {"self-test says no, external flash, packed and encrypted, fallback on it", SCENE_REJECT, IMAGE_GOOD, 2, 3, 3, 0,
     FLASH_GOOD, NOR, COPY | PACKED | ENCRYPTED},
    {"external flash, fallback on it, the slot's second sector cannot be erased", SCENE_FLASH, IMAGE_GOOD, 2, 3, 3, 0,
     FLASH_DEAD_RUNNING, NOR, COPY},
    {"external flash, wrong signature", SCENE_REFUSED, IMAGE_SIGNATURE, 2, 2, 3, 0, FLASH_GOOD, NOR, COPY},
};
enum {
    SCENE_COUNT = sizeof scenes / sizeof scenes[0],
    FIRST_OTHER = 18, // of the scenes that are not a plain image in staging inside the chip
};

static struct tally total;
static bool first_failure_ends; // a mutant is caught once

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void account(const char *what, const struct tally *tally, double begun) {
    printf("%-86s %10llu sequences %10llu cuts %8.1f s%s\n", what, (unsigned long long)tally->sequences,
           (unsigned long long)tally->cuts, seconds() - begun, tally->failures > 0 ? "  FAILED" : "");
    fflush(stdout);
    total.sequences += tally->sequences;
    total.cuts += tally->cuts;
    total.power_ups += tally->power_ups;
    total.failures += tally->failures;
    if (first_failure_ends && total.failures > 0)
        exit(1);
}

static void updates(int chip, int depth, const uint32_t stride[3], int moods, int first, int last) {
    for (int i = first; i <= last; i++) {
        struct campaign campaign = {&chips[chip], &scenes[i],     depth, {stride[0], stride[1], stride[2]},
                                    moods,        7 + (uint64_t)i};
        struct tally tally = {0};
        char what[200];
        double begun = seconds();
        campaign_run(&campaign, &tally);
        snprintf(what, sizeof what, "%s, %d cut%s: %s", chips[chip].name, depth, depth > 1 ? "s" : "", scenes[i].name);
        account(what, &tally, begun);
    }
}

static void logs(int chip, int depth, const uint32_t stride[3], int moods, int filled_to) {
    struct tally tally = {0};
    char what[200];
    double begun = seconds();
    for (int filled = 0; filled <= filled_to; filled++) {
        struct log_campaign campaign = {
            &chips[chip], depth, {stride[0], stride[1], stride[2]}, moods, 3, filled, (uint64_t)filled * 1000};
        log_campaign_run(&campaign, &tally);
    }
    snprintf(what, sizeof what, "%s, %d cut%s: boot state, 0 to %d records before", chips[chip].name, depth,
             depth > 1 ? "s" : "", filled_to);
    account(what, &tally, begun);
}

static const uint32_t all[3] = {1, 1, 1};

// Small units make many cut points: the smaller the unit, the wider the stride where not all are tried.
static const uint32_t sparse[CHIPS][3] = {
    [CHIP_F4_REDUCED] = {13, 97, 1}, [CHIP_L4_REDUCED] = {9, 47, 1}, [CHIP_H7_REDUCED] = {3, 11, 1}};
static const uint32_t single[CHIPS] = {[CHIP_F4_REDUCED] = 3, [CHIP_L4_REDUCED] = 3, [CHIP_H7_REDUCED] = 1};

static void check(void) {
    for (int chip = CHIP_H7_REDUCED; chip >= CHIP_F4_REDUCED; chip--) {
        updates(chip, 1, (const uint32_t[]){single[chip], 1, 1}, 6, 0, FIRST_OTHER - 1);
        updates(chip, 1, (const uint32_t[]){single[chip], 1, 1}, 1, FIRST_OTHER, SCENE_COUNT - 1);
        logs(chip, 2, sparse[chip], 6, 11);
    }
    updates(CHIP_H7_REDUCED, 2, (const uint32_t[]){3, 7, 1}, 6, 0, FIRST_OTHER - 1);
    updates(CHIP_H7_REDUCED, 2, (const uint32_t[]){7, 11, 1}, 6, FIRST_OTHER, SCENE_COUNT - 1);
}

// While working on it: each scene once or twice in a few seconds.
static void quick(void) {
    updates(CHIP_H7_REDUCED, 1, (const uint32_t[]){7, 1, 1}, 6, 0, SCENE_COUNT - 1);
}

// Every pair of cut points: a cut in the recovery of every cut.
static void pairs(void) {
    updates(CHIP_H7_REDUCED, 2, all, 1, 0, SCENE_COUNT - 1);
}

// Three cuts, at points drawn at random.
static void triples(void) {
    updates(CHIP_H7_REDUCED, 3, (const uint32_t[]){5, 7, 11}, 6, 0, SCENE_COUNT - 1);
    updates(CHIP_L4_REDUCED, 3, (const uint32_t[]){29, 31, 37}, 6, 0, SCENE_COUNT - 1);
    updates(CHIP_F4_REDUCED, 3, (const uint32_t[]){59, 61, 67}, 6, 0, SCENE_COUNT - 1);
}

// Largest units first: they have the fewest cut points.
static void full(void) {
    for (int chip = CHIP_H7_REDUCED; chip >= CHIP_F4_REDUCED; chip--)
        updates(chip, 1, all, 6, 0, SCENE_COUNT - 1);
    pairs();
    for (int chip = CHIP_H743; chip >= CHIP_F407; chip--) {
        updates(chip, 1, all, 6, 0, SCENE_COUNT - 1);
        updates(chip, 2, (const uint32_t[]){31, 37, 1}, 6, 0, SCENE_COUNT - 1);
    }
    triples();
    for (int chip = CHIP_H7_REDUCED; chip >= CHIP_F4_REDUCED; chip--)
        logs(chip, 2, all, 6, 11);
}

int main(int count, char **arguments) {
    const char *what = count > 1 ? arguments[1] : "check";
    double begun = seconds();
    images_begin();
    if (strcmp(what, "pairs") == 0)
        pairs();
    else if (strcmp(what, "triples") == 0)
        triples();
    else if (strcmp(what, "quick") == 0)
        quick();
    else if (strcmp(what, "packed-image") == 0)
        return images_print_packed();
    else if (strcmp(what, "check") == 0)
        check();
    else if (strcmp(what, "teeth") == 0) {
        first_failure_ends = true;
        quick(); // finds most of them at once
        check();
    } else if (strcmp(what, "full") == 0)
        full();
    else {
        fprintf(stderr, "proof: '%s' is none of quick, check, teeth, pairs, triples, full.\n", what);
        return 2;
    }
    printf("power cuts: %llu sequences, %llu cuts, %llu power-ups, %llu failures, %.0f s\n",
           (unsigned long long)total.sequences, (unsigned long long)total.cuts, (unsigned long long)total.power_ups,
           (unsigned long long)total.failures, seconds() - begun);
    return total.failures == 0 ? 0 : 1;
}
