// Every fault of the failure model, one and two of them in a life: explore pairs|check, and random lives: explore lives
// FROM TO. Ends with 0 when every promise was kept.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "images.h"
#include "life.h"

enum { STEPS_MOST = 9, MOODS = 5 };

static const struct scene scenes[] = {
    {"install", SCENE_CONFIRM, IMAGE_GOOD, 2, 3, 2, 0, FLASH_GOOD, UPDRAFT_SOURCE_STAGING, 0},
    {"hangs", SCENE_SILENT, IMAGE_GOOD, 3, 2, 2, 0, FLASH_GOOD, UPDRAFT_SOURCE_STAGING, 0},
    {"rejects itself", SCENE_REJECT, IMAGE_GOOD, 2, 2, 2, 0, FLASH_GOOD, UPDRAFT_SOURCE_STAGING, 0},
    {"install, boot state turns over", SCENE_CONFIRM, IMAGE_GOOD, 2, 2, 2, 5, FLASH_GOOD, UPDRAFT_SOURCE_STAGING, 0},
    {"wrong signature", SCENE_REFUSED, IMAGE_SIGNATURE, 2, 2, 2, 0, FLASH_GOOD, UPDRAFT_SOURCE_STAGING, 0},
    {"install, packed", SCENE_CONFIRM, IMAGE_GOOD, 1, 2, 2, 0, FLASH_GOOD, UPDRAFT_SOURCE_STAGING, PACKED},
    {"install from a card, fallback on it", SCENE_CONFIRM, IMAGE_GOOD, 2, 2, 2, 0, FLASH_GOOD, UPDRAFT_SOURCE_CARD,
     COPY},
    {"hangs, from a card, fallback on it", SCENE_SILENT, IMAGE_GOOD, 2, 2, 2, 0, FLASH_GOOD, UPDRAFT_SOURCE_CARD, COPY},
    {"install from a card", SCENE_CONFIRM, IMAGE_GOOD, 2, 3, 2, 0, FLASH_GOOD, UPDRAFT_SOURCE_CARD, 0},
    {"install from an external flash, fallback on it", SCENE_CONFIRM, IMAGE_GOOD, 3, 2, 2, 0, FLASH_GOOD,
     UPDRAFT_SOURCE_NOR, COPY},
    {"rejects itself, external flash, fallback on it, an equal unit", SCENE_REJECT, IMAGE_GOOD, 3, 3, 2, 0, FLASH_GOOD,
     UPDRAFT_SOURCE_NOR, COPY | EQUAL},
    {"hangs, external flash", SCENE_SILENT, IMAGE_GOOD, 2, 2, 1, 0, FLASH_GOOD, UPDRAFT_SOURCE_NOR, 0},
};
enum { SCENES = sizeof scenes / sizeof scenes[0], SCENES_INSIDE = 6 };

static const int reduced[] = {CHIP_F4_REDUCED, CHIP_L4_REDUCED, CHIP_H7_REDUCED};

// States that were explored already, by their hash and the faults that were left.
static struct {
    uint64_t *hashes;
    size_t count, room;
} seen;

static bool is_new(uint64_t hash) {
    if (hash == 0)
        hash = 1;
    if (seen.count * 2 >= seen.room) {
        size_t room = seen.room == 0 ? 1 << 16 : seen.room * 2;
        uint64_t *old = seen.hashes, *hashes = calloc(room, sizeof *hashes);
        if (hashes == NULL)
            abort();
        for (size_t i = 0; i < seen.room; i++) {
            if (old[i] == 0)
                continue;
            size_t at = old[i] % room;
            while (hashes[at] != 0)
                at = (at + 1) % room;
            hashes[at] = old[i];
        }
        free(old);
        seen.hashes = hashes;
        seen.room = room;
    }
    size_t at = hash % seen.room;
    for (; seen.hashes[at] != 0; at = (at + 1) % seen.room)
        if (seen.hashes[at] == hash)
            return false;
    seen.hashes[at] = hash;
    seen.count++;
    return true;
}

static void forget_seen(void) {
    free(seen.hashes);
    memset(&seen, 0, sizeof seen);
}

static struct {
    uint64_t boots, faults, broken, states;
    uint32_t stride; // of the places for a fault: 1 is every one
    uint64_t draw;
    bool first_failure_ends;
} total = {.stride = 1};

static struct {
    int64_t boot;
    struct fault fault;
} path[8];
static int path_length;

static void report(const struct life *life) {
    if (total.broken++ > 0 && !total.first_failure_ends && total.broken > 5)
        return;
    printf("FAILED %s, scene '%s'", life->world.chip->name, life->world.scene.name);
    for (int i = 0; i < path_length; i++)
        printf(", boot %lld: %s %lld", (long long)path[i].boot, fault_name(path[i].fault.kind),
               (long long)path[i].fault.at);
    printf(" (mood %d):\n       %s\n", life->story.mood, life->complaint);
    fflush(stdout);
    if (total.first_failure_ends)
        exit(1);
}

static bool ends_boot(enum fault_kind kind) {
    return kind == FAULT_POWER || kind == FAULT_CLEAN || kind == FAULT_RESET;
}

static bool is_outside(const struct life *life) {
    return life->world.scene.source != UPDRAFT_SOURCE_STAGING;
}

static void explore(struct life *life, const struct life_snapshot *from, int left, int boot);

// What follows from one boot with this fault in it, and all that can follow a second one in the same boot.
static void try_fault(struct life *life, const struct life_snapshot *from, int left, int boot, struct fault fault) {
    int moods = fault.kind == FAULT_POWER ? (total.stride > 1 ? 1 : MOODS) : 1;
    path[path_length].boot = boot;
    path[path_length++].fault = fault;
    for (int mood = 0; mood < moods; mood++) {
        life_restore(life, from);
        life->faults[0] = fault;
        if (fault.kind == FAULT_POWER)
            life->story.mood = (uint8_t)(total.stride > 1 ? sim_random(&total.draw) % MOODS : (uint64_t)mood);
        total.faults++;
        life_step(life);
        if (life->complaint[0] != 0) {
            report(life);
            continue;
        }
        struct life_snapshot after = life_save(life);
        explore(life, &after, left - 1, boot + 1);
        life_forget(&after);
    }
    path_length--;
}

static void explore(struct life *life, const struct life_snapshot *from, int left, int boot) {
    if (!is_new(life_hash(life) * 4 + (uint64_t)left))
        return;
    total.states++;
    life_settle(life);
    if (life->complaint[0] != 0)
        report(life);
    uint64_t before = 0;
    for (; left > 0 && boot < STEPS_MOST; boot++) {
        // The boot without a fault tells which places it has.
        struct life_snapshot start;
        life_restore(life, from);
        if (boot > 0 && before != 0)
            break;
        uint64_t now = life_hash(life);
        start = life_save(life);
        life_step(life);
        struct fault_counts counts = life->counts;
        uint64_t then = life_hash(life);
        struct life_snapshot next = life_save(life);
        for (enum fault_kind kind = FAULT_POWER; kind < FAULT_KINDS; kind++) {
            if (kind >= FAULT_MEDIUM_ONCE && !is_outside(life))
                break;
            int64_t places = fault_places(kind, &counts);
            uint32_t stride = total.stride;
            for (int64_t base = 0; base < places; base += stride) {
                int64_t at = base + (stride > 1 ? (int64_t)(sim_random(&total.draw) % stride) : 0);
                if (at < places)
                    try_fault(life, &start, left, boot, (struct fault){kind, at});
            }
        }
        life_forget(&start);
        if (then != now) {
            life_restore(life, &next);
            explore(life, &next, left, boot + 1);
        }
        life_forget(&next);
        before = 1;
    }
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void pairs(int depth, int last_chip) {
    for (int chip = 2; chip >= last_chip; chip--) {
        for (int i = 0; i < SCENES; i++) {
            static struct life life;
            double begun = seconds();
            uint64_t faults = total.faults, boots = total.boots, broken = total.broken;
            life_create(&life, &chips[reduced[chip]], &scenes[i]);
            struct life_snapshot from = life_save(&life);
            explore(&life, &from, depth, 0);
            life_forget(&from);
            total.boots = boots + life.boots;
            life_destroy(&life);
            printf("%-44s %-62s %9llu faults %10llu boots %9zu states %7.1f s%s\n", chips[reduced[chip]].name,
                   scenes[i].name, (unsigned long long)(total.faults - faults),
                   (unsigned long long)(total.boots - boots), seen.count, seconds() - begun,
                   total.broken > broken ? "  FAILED" : "");
            fflush(stdout);
            forget_seen();
        }
    }
}

// One random life: faults come at random for a while, then all is well.
static void live(uint64_t number, bool full) {
    static struct life life;
    uint64_t draw = number * 0x9e3779b97f4a7c15U + 7;
    int chip = full ? (int)(sim_random(&draw) % 3) : reduced[sim_random(&draw) % 3];
    // The simulated medium has no room for a slot of full size.
    const struct scene *scene = &scenes[sim_random(&draw) % (full ? SCENES_INSIDE : SCENES)];
    life_create(&life, &chips[chip], scene);
    int boots = 20 + (int)(sim_random(&draw) % 181), rate = 1 + (int)(sim_random(&draw) % 6);
    struct fault_counts counts = {300, 600, 60};
    path_length = 0;
    for (int boot = 0; boot < boots && life.complaint[0] == 0; boot++) {
        life.seed = sim_random(&draw);
        for (int i = 0; i < LIFE_FAULTS_MOST; i++) {
            if (sim_random(&draw) % (uint64_t)rate != 0)
                continue;
            enum fault_kind kind = (enum fault_kind)(1 + sim_random(&draw) % (FAULT_KINDS - 1));
            // What breaks for good breaks seldom: two such faults are the end of any device.
            bool for_good = kind == FAULT_SECTOR || kind == FAULT_GROUP || kind == FAULT_MEDIUM_GONE;
            if ((for_good && (life.story.flash_is_broken || sim_random(&draw) % 40 != 0)) ||
                (kind >= FAULT_MEDIUM_ONCE && !is_outside(&life)))
                continue;
            int64_t places = fault_places(kind, &counts);
            if (places == 0 || (i == 1 && ends_boot(kind) && ends_boot(life.faults[0].kind)))
                continue;
            life.faults[i] = (struct fault){kind, (int64_t)(sim_random(&draw) % (uint64_t)places)};
            if (kind == FAULT_POWER)
                life.story.mood = (uint8_t)(sim_random(&draw) % MOODS);
            path[path_length % 8].boot = boot;
            path[path_length % 8].fault = life.faults[i];
            path_length = path_length < 7 ? path_length + 1 : 7;
            total.faults++;
        }
        life_step(&life);
        if (life.counts.operations > 4)
            counts = life.counts;
    }
    if (life.complaint[0] == 0)
        life_settle(&life);
    if (life.complaint[0] != 0) {
        printf("life %llu: ", (unsigned long long)number);
        report(&life);
    }
    total.boots += life.boots;
    life_destroy(&life);
}

static void lives(uint64_t from, uint64_t to, bool full) {
    double begun = seconds();
    for (uint64_t number = from; number < to; number++) {
        live(number, full);
        if ((number + 1 - from) % 10000 == 0) {
            printf("lives %llu to %llu: %llu boots, %llu faults, %llu broken promises, %.0f s\n",
                   (unsigned long long)from, (unsigned long long)number + 1, (unsigned long long)total.boots,
                   (unsigned long long)total.faults, (unsigned long long)total.broken, seconds() - begun);
            fflush(stdout);
        }
    }
}

int main(int count, char **arguments) {
    const char *what = count > 1 ? arguments[1] : "check";
    double begun = seconds();
    setvbuf(stdout, NULL, _IOLBF, 0);
    images_begin();
    total.first_failure_ends = count > 2 && strcmp(arguments[2], "teeth") == 0;
    if (strcmp(what, "single") == 0) {
        pairs(1, 0);
    } else if (strcmp(what, "pairs") == 0) {
        total.stride = count > 2 && !total.first_failure_ends ? (uint32_t)atoi(arguments[2]) : 1;
        pairs(2, 0);
    } else if (strcmp(what, "lives") == 0 && count > 3) {
        lives(strtoull(arguments[2], NULL, 10), strtoull(arguments[3], NULL, 10), count > 4);
    } else if (strcmp(what, "check") == 0) {
        total.stride = 61;
        pairs(2, 2);
        lives(0, 400, false);
    } else {
        fprintf(stderr, "explore: check, single, pairs [STRIDE], or lives FROM TO [full].\n");
        return 2;
    }
    printf("faults: %llu boots, %llu faults, %llu broken promises, %.0f s\n", (unsigned long long)total.boots,
           (unsigned long long)total.faults, (unsigned long long)total.broken, seconds() - begun);
    return total.broken == 0 ? 0 : 1;
}
