// The boot state alone: whatever somebody relied on stands, whatever was never written never shows up.
// Every append gets a number of its own (state.counter). A cut append's number may be there or not, at each boot anew,
// until something is relied upon; then only that one and what comes after may be seen.
#include <stdio.h>
#include <string.h>

#include "campaign.h"
#include "updraft_boot_state.h"

enum { ALLOWED_MOST = 8 };

struct referee {
    uint32_t allowed[ALLOWED_MOST];
    int allowed_count;
    uint32_t next; // number of the next append
    const char *complaint;
};

struct search {
    const struct log_campaign *campaign;
    struct tally *tally;
    struct sim_flash *sim;
    struct updraft_layout layout;
    struct referee referee;
    int64_t cuts[3];
    int moods[3];
    uint64_t seed;
};

static const enum sim_mood moods[] = {SIM_FICKLE, SIM_FICKLE, SIM_OLD, SIM_NEW, SIM_ERROR, SIM_MIX};

static void complain(struct search *search, const char *text) {
    if (search->referee.complaint == NULL)
        search->referee.complaint = text;
}

static void rely_on(struct referee *referee, uint32_t number) {
    referee->allowed[0] = number;
    referee->allowed_count = 1;
}

static bool whole(const struct updraft_state_record *state) {
    struct updraft_state_record expected = {.phase = UPDRAFT_PHASE_CONFIRMED, .counter = state->counter};
    if (state->counter == 0)
        return true; // the empty log
    memset(expected.running, (int)(state->counter & 0xff), sizeof expected.running);
    memset(expected.outcome.digest, (int)(state->counter >> 1 & 0xff), sizeof expected.outcome.digest);
    return memcmp(&expected, state, sizeof expected) == 0;
}

static void append(struct search *search, struct updraft_boot_state *log) {
    struct referee *referee = &search->referee;
    uint32_t number = referee->next++;
    referee->allowed[referee->allowed_count++] = number;
    log->state = (struct updraft_state_record){.phase = UPDRAFT_PHASE_CONFIRMED, .counter = number};
    memset(log->state.running, (int)(number & 0xff), sizeof log->state.running);
    memset(log->state.outcome.digest, (int)(number >> 1 & 0xff), sizeof log->state.outcome.digest);
    if (updraft_boot_state_append(log) == UPDRAFT_OK)
        rely_on(referee, number);
    else
        complain(search, "an append failed on a flash that works");
}

static void check_replay(struct search *search, const struct updraft_boot_state *log) {
    bool allowed = false;
    for (int i = 0; i < search->referee.allowed_count; i++)
        allowed = allowed || search->referee.allowed[i] == log->state.counter;
    if (!whole(&log->state))
        complain(search, "the log shows a state that nobody wrote");
    else if (!allowed)
        complain(search, "the log lost what was relied upon, or shows what was given up");
}

// One power-up: replay, rely on it, append some. True when power stayed.
static bool power_up(struct search *search, uint64_t seed, enum sim_mood mood, int64_t cut_at, bool clean,
                     int appends) {
    struct updraft_boot_state log;
    search->tally->power_ups++;
    sim_power_up(search->sim, seed, mood, cut_at, clean);
    if (setjmp(search->sim->power->gone) != 0)
        return false;
    (void)updraft_boot_state_open(&log, &search->layout);
    check_replay(search, &log);
    // Half of the time somebody acts on what was replayed; else the first append comes on top of it.
    if (seed % 2 == 0) {
        if (updraft_boot_state_make_durable(&log) != UPDRAFT_OK)
            complain(search, "settling failed on a flash that works");
        rely_on(&search->referee, log.state.counter);
    }
    for (int i = 0; i < appends; i++)
        append(search, &log);
    if (search->sim->breach != SIM_NO_BREACH)
        complain(search, sim_breach_name(search->sim->breach));
    return true;
}

static void report(struct search *search, int cuts) {
    if (search->tally->failures++ > 0)
        return;
    printf("FAILED %s, boot state with %d records before", search->campaign->chip->name, search->campaign->log_filled);
    for (int i = 0; i < cuts; i++)
        printf(", cut at operation %lld (mood %d)", (long long)search->cuts[i], search->moods[i]);
    printf(":\n       %s\n", search->referee.complaint);
}

static void end(struct search *search, int depth) {
    search->tally->sequences++;
    enum sim_mood mood = depth > 0 ? moods[search->moods[depth - 1]] : SIM_FICKLE;
    uint64_t even = search->seed & ~1ULL;
    power_up(search, even, mood, SIM_NEVER, false, 1);
    power_up(search, even + 2, SIM_FICKLE, SIM_NEVER, false, 0);
    power_up(search, even + 4, SIM_OLD, SIM_NEVER, false, 0);
    if (search->referee.complaint != NULL)
        report(search, depth);
}

static void explore(struct search *search, int depth) {
    const struct log_campaign *campaign = search->campaign;
    struct sim_memory memory = sim_memory_copy(&search->sim->memory);
    struct referee referee = search->referee;
    uint32_t stride = depth < campaign->depth ? campaign->stride[depth] : 1;
    bool more = depth < campaign->depth;
    if (!more)
        end(search, depth);
    for (int64_t base = 0; more; base += stride) {
        int64_t at = base + (int64_t)(stride > 1 ? sim_random(&search->seed) % stride : 0);
        for (int mood = 0; mood < campaign->moods && more; mood++) {
            sim_memory_restore(&search->sim->memory, &memory);
            search->referee = referee;
            search->sim->breach = SIM_NO_BREACH;
            search->cuts[depth] = at;
            search->moods[depth] = mood;
            enum sim_mood now = depth > 0 ? moods[search->moods[depth - 1]] : SIM_FICKLE;
            more = !power_up(search, search->seed++, now, at, mood == 0, campaign->appends) &&
                   search->tally->failures < 20;
            search->tally->cuts += more;
            if (search->referee.complaint != NULL)
                report(search, depth + 1);
            else if (more)
                explore(search, depth + 1);
        }
    }
    sim_memory_free(&memory);
}

void log_campaign_run(const struct log_campaign *campaign, struct tally *tally) {
    static struct search search;
    const struct chip *chip = campaign->chip;
    search = (struct search){.campaign = campaign, .tally = tally, .seed = campaign->seed};
    search.sim = sim_create(chip->regions, chip->region_count, chip->unit, chip->ecc);
    search.layout.log[0] = (struct updraft_area){&search.sim->flash, chip->log[0], chip->log_size};
    search.layout.log[1] = (struct updraft_area){&search.sim->flash, chip->log[1], chip->log_size};
    search.referee.next = 1;
    rely_on(&search.referee, 0);
    if (campaign->log_filled > 0)
        power_up(&search, 0, SIM_FICKLE, SIM_NEVER, false, campaign->log_filled);
    explore(&search, 0);
    sim_destroy(search.sim);
}
