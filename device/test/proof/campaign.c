#include "campaign.h"

#include <stdio.h>

struct cut {
    int64_t at;
    int mood;
};

struct search {
    const struct campaign *campaign;
    struct tally *tally;
    struct world world;
    struct cut cuts[4];
    uint64_t seed;
};

// Mood 0 is a clean cut; then each way to answer; then one drawn anew at every read.
enum { MOODS = 6 };
static const enum sim_mood moods[MOODS] = {SIM_FICKLE, SIM_FICKLE, SIM_OLD, SIM_NEW, SIM_ERROR, SIM_MIX};

static void report(struct search *search, int depth) {
    if (search->tally->failures++ > 0)
        return;
    printf("FAILED %s, scene '%s'", search->campaign->chip->name, search->campaign->scene->name);
    for (int i = 0; i <= depth; i++)
        printf(", cut at operation %lld (mood %d)", (long long)search->cuts[i].at, search->cuts[i].mood);
    printf(":\n       %s\n", search->world.model.complaint);
}

// How units torn by the last cut answer in the boots after it, up to the next cut.
static enum sim_mood mood_after(const struct search *search, int depth) {
    return depth == 0 ? SIM_FICKLE : moods[search->cuts[depth - 1].mood];
}

static void explore(struct search *search, int depth);

// Tries one cut and everything after it. False when the end came before the cut.
static bool try_cut(struct search *search, int depth, const struct world_snapshot *from) {
    struct cut *cut = &search->cuts[depth];
    world_restore(&search->world, from);
    enum world_end end = world_run(&search->world, search->seed, mood_after(search, depth), cut->at, cut->mood == 0);
    if (end == WORLD_BROKEN) {
        report(search, depth);
        return true;
    }
    if (end == WORLD_DONE)
        return false;
    search->tally->cuts++;
    explore(search, depth + 1);
    return true;
}

static void explore(struct search *search, int depth) {
    const struct campaign *campaign = search->campaign;
    struct world_snapshot from = world_save(&search->world);
    if (depth == campaign->depth) {
        search->tally->sequences++;
        if (world_run(&search->world, search->seed + 1, mood_after(search, depth), SIM_NEVER, false) != WORLD_DONE)
            report(search, depth - 1);
        // What was torn is asked once more, in another mood: the device must stay where it is.
        else if (world_run(&search->world, search->seed + 2, SIM_FICKLE, SIM_NEVER, false) != WORLD_DONE)
            report(search, depth - 1);
        world_forget(&from);
        return;
    }
    uint64_t draw = search->seed ^ (uint64_t)depth << 32 ^ (uint64_t)search->cuts[0].at;
    uint32_t stride = campaign->stride[depth];
    bool more = true;
    for (int64_t base = 0; more; base += stride) {
        int64_t at = base + (int64_t)(stride > 1 ? sim_random(&draw) % stride : 0);
        bool drawn = stride > 1 || campaign->moods == 1;
        int first = drawn ? (int)(sim_random(&draw) % MOODS) : 0;
        int count = drawn ? 1 : campaign->moods;
        for (int mood = first; mood < first + count && more; mood++) {
            search->cuts[depth] = (struct cut){at, mood};
            search->seed += 0x1000;
            more = try_cut(search, depth, &from);
        }
        if (search->tally->failures > 20)
            more = false; // shown enough
    }
    world_forget(&from);
}

void campaign_run(const struct campaign *campaign, struct tally *tally) {
    static struct search search;
    search = (struct search){.campaign = campaign, .tally = tally, .seed = campaign->seed};
    world_create(&search.world, campaign->chip, campaign->scene);
    struct world_snapshot factory = world_save(&search.world);
    if (world_run(&search.world, campaign->seed, SIM_FICKLE, SIM_NEVER, false) != WORLD_DONE)
        report(&search, -1); // not even with power all the time
    else {
        world_check_wear(&search.world);
        if (search.world.model.complaint[0] != 0)
            report(&search, -1);
        world_restore(&search.world, &factory);
        explore(&search, 0);
    }
    world_forget(&factory);
    tally->power_ups += search.world.power_ups;
    world_destroy(&search.world);
}
