#include "life.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "images.h"

enum { RECOVERIES_MOST = 3, SETTLE_MOST = 40, SAME_ENOUGH = 3, REQUESTS_MOST = 2, MEDIUM_BOOT = INT32_MAX };

static struct life *here; // the flash's callbacks and the platform's carry the world, not the life
static enum updraft_status (*honest_read)(void *context, uint32_t address, void *data, uint32_t length);
static enum updraft_status (*honest_erase)(void *context, uint32_t address);
static enum updraft_status (*honest_program)(void *context, uint32_t address, const void *data, uint32_t length);

static void complain(struct life *life, const char *text) {
    if (life->complaint[0] == 0)
        snprintf(life->complaint, sizeof life->complaint, "%s", text);
}

static const struct fault *fault_at(const struct life *life, enum fault_kind kind, int64_t at) {
    for (int i = 0; i < LIFE_FAULTS_MOST; i++)
        if (life->faults[i].kind == kind && life->faults[i].at == at)
            return &life->faults[i];
    return NULL;
}

static enum updraft_status read_flash(void *context, uint32_t address, void *data, uint32_t length) {
    enum updraft_status status = honest_read(context, address, data, length);
    int64_t reading = here->counts.readings++;
    if (fault_at(here, FAULT_READ_BIT, reading) != NULL)
        ((uint8_t *)data)[length / 2] ^= 0x20;
    return fault_at(here, FAULT_READ_ERROR, reading) != NULL ? UPDRAFT_ERROR_READ : status;
}

static bool is_in(const struct updraft_area *area, uint32_t address) {
    return address - area->address < area->size;
}

// What breaks for good breaks before the operation that finds it so.
static void break_for_good(uint32_t address) {
    struct life *life = here;
    struct world *world = &life->world;
    int64_t operation = world->sim->power->operations;
    bool group = fault_at(life, FAULT_GROUP, operation) != NULL;
    if (!group && fault_at(life, FAULT_SECTOR, operation) == NULL)
        return;
    const struct updraft_area *log = world->layout.log;
    for (uint32_t i = 0; i < world->sim->sector_count; i++) {
        struct sim_sector *sector = &world->sim->sectors[i];
        bool of_group = group && ((is_in(&log[0], address) && is_in(&log[0], sector->address)) ||
                                  (is_in(&log[1], address) && is_in(&log[1], sector->address)));
        if (of_group || (!group && address - sector->address < sector->size)) {
            sector->dead = life->story.flash_is_broken = true;
            life->story.slot_is_broken |= is_in(&world->layout.running, sector->address);
        }
    }
}

static enum updraft_status erase_flash(void *context, uint32_t address) {
    break_for_good(address);
    return honest_erase(context, address);
}

static enum updraft_status program_flash(void *context, uint32_t address, const void *data, uint32_t length) {
    break_for_good(address);
    return honest_program(context, address, data, length);
}

static void on_recover(void) {
    if (++here->recoveries > RECOVERIES_MOST)
        longjmp(here->world.left_boot, WORLD_LEFT_RECOVERY);
}

static struct updraft_boot_state boot_state(struct life *life) {
    struct updraft_boot_state state;
    (void)updraft_boot_state_open(&state, &life->world.layout);
    return state;
}

void life_create(struct life *life, const struct chip *chip, const struct scene *scene) {
    memset(life, 0, sizeof *life);
    here = life;
    world_create(&life->world, chip, scene);
    life->world.platform.recover = on_recover;
    life->story.mood = SIM_FICKLE;
    world_stage(&life->world);
    struct updraft_flash *flash = &life->world.sim->flash;
    honest_read = flash->read;
    honest_erase = flash->erase;
    honest_program = flash->program;
    flash->read = read_flash;
    flash->erase = erase_flash;
    flash->program = program_flash;
    life->story.requests = 1;
}

void life_destroy(struct life *life) {
    struct updraft_flash *flash = &life->world.sim->flash;
    flash->read = honest_read;
    world_destroy(&life->world);
}

// The content alone; what may be torn is looked at apart.
static bool slot_reads(const struct life *life, const struct model_image *image) {
    const struct world *world = &life->world;
    const uint8_t *slot = world->sim->memory.bytes + (world->layout.running.address - world->sim->base);
    return memcmp(slot, image->bytes, image->size) == 0;
}

static void look_at_start(struct life *life) {
    struct world *world = &life->world;
    struct life_story *story = &life->story;
    struct updraft_state_record state = boot_state(life).state;
    bool is_old = slot_reads(life, &world->old_image), is_new = slot_reads(life, &world->new_image);
    bool waited = world->boot.findings.waited || world->boot.findings.unwritable;
    if (!is_old && !is_new) {
        complain(life, "(2) what was started is neither image");
        return;
    }
    if (!waited && !model_slot_holds(&world->model, is_old ? &world->old_image : &world->new_image))
        complain(life, "(1) parts of what was started are unstable");
    if (is_old) {
        if (story->confirm_done)
            complain(life, "(3) the old image was started after the new one was confirmed");
        return;
    }
    if (!world->model.new_is_good)
        complain(life, "(2) an image was started that must be refused");
    if (story->confirm_begun)
        return;
    if (!world->watchdog_armed)
        complain(life, "(4) the new image was started without the watchdog before it was confirmed");
    if (state.phase == UPDRAFT_PHASE_CONFIRMED || state.phase == UPDRAFT_PHASE_NEW)
        complain(life, "(3) the new image runs as confirmed, and nobody had confirmed it");
    if (state.phase == UPDRAFT_PHASE_TRIAL && !world->boot.findings.waited &&
        ++story->starts_on_trial > world->scene.attempts && state.has_running)
        complain(life, "(4) more starts on trial than allowed");
}

// What the application does with its time. Faults that end a boot may fall into it too.
static void run_application(struct life *life) {
    struct world *world = &life->world;
    struct life_story *story = &life->story;
    struct updraft_boot_state state = boot_state(life);
    bool is_new = slot_reads(life, &world->new_image);
    bool on_trial = state.state.phase == UPDRAFT_PHASE_TRIAL && is_new;
    story->bitten = false;
    if (on_trial && world->scene.kind == SCENE_CONFIRM) {
        story->confirm_begun = true;
        if (updraft_boot_state_confirm(&state) == UPDRAFT_OK)
            story->confirm_done = true;
    } else if (on_trial && world->scene.kind == SCENE_REJECT) {
        (void)updraft_boot_state_reject(&state, UPDRAFT_REASON_SELF_TEST);
        story->failed = true;
    } else if (is_new && !story->confirm_begun) {
        // An image that ran out of its trial says that it works: nobody may believe it.
        if (state.state.phase == UPDRAFT_PHASE_REVERTING && updraft_boot_state_confirm(&state) == UPDRAFT_OK)
            complain(life, "(3) what failed its trial confirmed itself");
        story->bitten = world->scene.kind == SCENE_SILENT;
    } else if (!is_new && state.state.phase == UPDRAFT_PHASE_CONFIRMED &&
               state.state.outcome.kind == UPDRAFT_OUTCOME_REFUSED &&
               state.state.outcome.reason == UPDRAFT_REASON_FLASH && story->requests < REQUESTS_MOST &&
               world->scene.source != UPDRAFT_SOURCE_STAGING) {
        story->requests++;
        (void)updraft_boot_state_request(&state, world->scene.source, world->new_image.digest);
    }
}

static void look_at_state(struct life *life) {
    const struct world *world = &life->world;
    const struct life_story *story = &life->story;
    struct updraft_state_record state = boot_state(life).state;
    if (state.counter != world->old_image.counter && state.counter != world->new_image.counter && state.counter != 0)
        complain(life, "(5) the security counter is one that nobody signed");
    if (state.counter > world->old_image.counter && !story->confirm_begun)
        complain(life, "(5) the security counter rose before the confirmation");
    if (story->confirm_done && state.counter < world->new_image.counter)
        complain(life, "(5) the security counter fell");
    bool runs_new = state.phase == UPDRAFT_PHASE_CONFIRMED && memcmp(state.running, world->new_image.digest, 32) == 0;
    if (runs_new && !story->confirm_begun)
        complain(life, "(3) the new image is confirmed, and did not do it");
    if (state.outcome.kind == UPDRAFT_OUTCOME_REFUSED && world->model.new_is_good &&
        state.outcome.reason != UPDRAFT_REASON_FLASH)
        complain(life, "(6) a good image was given up for what is not its fault");
}

static void prepare(struct life *life) {
    struct medium *medium = &life->world.medium;
    struct sim_power *power = life->world.sim->power;
    medium->gone = life->story.medium_gone;
    medium->away = false;
    medium->readings = medium->silent_from = medium->silent_to = 0;
    medium->wrong_at = -1;
    int64_t cut_at = SIM_NEVER;
    bool clean = false;
    for (int i = 0; i < LIFE_FAULTS_MOST; i++) {
        const struct fault *fault = &life->faults[i];
        switch (fault->kind) {
        case FAULT_POWER:
        case FAULT_CLEAN:
        case FAULT_RESET:
            cut_at = fault->at;
            clean = fault->kind != FAULT_POWER;
            break;
        case FAULT_MEDIUM_ONCE: medium->silent_from = fault->at, medium->silent_to = fault->at + 1; break;
        case FAULT_MEDIUM_BIT: medium->wrong_at = fault->at; break;
        case FAULT_MEDIUM_BOOT:
        case FAULT_MEDIUM_GONE: medium->silent_from = fault->at, medium->silent_to = MEDIUM_BOOT; break;
        case FAULT_MEDIUM_AWAY:
        case FAULT_MEDIUM_OTHER: medium->away = true; break;
        default: break;
        }
        if (fault->kind == FAULT_MEDIUM_GONE)
            life->story.medium_gone = true;
        if (fault->kind != FAULT_NONE)
            life->story.was_disturbed = true;
    }
    sim_power_up(life->world.medium.sim, life->seed, SIM_FICKLE, cut_at, clean);
    sim_power_up(life->world.sim, life->seed, (enum sim_mood)life->story.mood, cut_at, clean);
    (void)power;
    life->counts = (struct fault_counts){0};
    life->recoveries = 0;
}

void life_step(struct life *life) {
    struct world *world = &life->world;
    here = life;
    life->boots++;
    prepare(life);
    bool reset = life->faults[0].kind == FAULT_RESET || life->faults[1].kind == FAULT_RESET;
    if (setjmp(world->sim->power->gone) != 0) {
        life->story.bitten = reset;
    } else {
        world->watchdog_bit = life->story.bitten;
        life->story.bitten = false;
        if (world_boot(world) == WORLD_LEFT_STARTED) {
            look_at_start(life);
            run_application(life);
        }
    }
    life->counts.operations = world->sim->power->operations;
    life->counts.medium_readings = world->medium.readings;
    world->sim->power->cut_at = SIM_NEVER;
    world->sim->power->operations = 0;
    struct fault none = {FAULT_NONE, 0};
    for (int i = 0; i < LIFE_FAULTS_MOST; i++)
        life->faults[i] = none;
    int64_t readings = life->counts.readings;
    look_at_state(life);
    life->counts.readings = readings;
    if (world->sim->breach != SIM_NO_BREACH)
        complain(life, sim_breach_name(world->sim->breach));
    if (world->medium.sim->breach != SIM_NO_BREACH)
        complain(life, sim_breach_name(world->medium.sim->breach));
}

// Can what is needed be read at all? Only if not may the device wait in recovery for good.
static bool has_an_excuse(const struct life *life) {
    const struct life_story *story = &life->story;
    return story->slot_is_broken || (story->medium_gone && life->world.scene.source != UPDRAFT_SOURCE_STAGING);
}

static void look_at_end(struct life *life, bool started) {
    const struct world *world = &life->world;
    const struct life_story *story = &life->story;
    struct updraft_state_record state = boot_state(life).state;
    if (!started) {
        if (!has_an_excuse(life))
            complain(life, "(1) unbootable: nothing is started although all that is needed can be read");
        return;
    }
    bool is_new = slot_reads(life, &world->new_image);
    bool wants_new = world->scene.kind == SCENE_CONFIRM;
    if (!is_new && state.phase == UPDRAFT_PHASE_CONFIRMED && memcmp(state.running, world->old_image.digest, 32) != 0)
        complain(life, "(1) the old image runs, and another one is confirmed");
    if (wants_new && !is_new && !story->was_disturbed)
        complain(life, "(6) nothing went wrong and the device did not end on the new image");
    if (!wants_new && is_new && !story->medium_gone && !story->flash_is_broken &&
        state.phase != UPDRAFT_PHASE_REVERTING)
        complain(life, "(3) the device stays on an image that failed");
}

void life_settle(struct life *life) {
    uint32_t before = 0;
    bool started = false;
    for (int i = 0, same = 0; same < SAME_ENOUGH && life->complaint[0] == 0; i++) {
        if (i == SETTLE_MOST) {
            complain(life, "it does not come to an end");
            return;
        }
        life_step(life);
        started = life->recoveries <= RECOVERIES_MOST;
        uint32_t now = 1U + started + 2U * slot_reads(life, &life->world.new_image) + 4U * boot_state(life).state.phase;
        same = now == before ? same + 1 : 0;
        before = now;
    }
    if (life->complaint[0] == 0)
        look_at_end(life, started);
}

struct life_snapshot life_save(const struct life *life) {
    struct life_snapshot snapshot = {
        sim_memory_copy(&life->world.sim->memory), sim_memory_copy(&life->world.medium.sim->memory), life->story, {0}};
    for (uint32_t i = 0; i < life->world.sim->sector_count; i++)
        snapshot.dead[i] = life->world.sim->sectors[i].dead;
    return snapshot;
}

void life_restore(struct life *life, const struct life_snapshot *snapshot) {
    sim_memory_restore(&life->world.sim->memory, &snapshot->memory);
    sim_memory_restore(&life->world.medium.sim->memory, &snapshot->medium);
    life->story = snapshot->story;
    for (uint32_t i = 0; i < life->world.sim->sector_count; i++)
        life->world.sim->sectors[i].dead = snapshot->dead[i] != 0;
    life->world.sim->breach = life->world.medium.sim->breach = SIM_NO_BREACH;
    life->complaint[0] = 0;
}

void life_forget(struct life_snapshot *snapshot) {
    sim_memory_free(&snapshot->memory);
    sim_memory_free(&snapshot->medium);
}

static uint64_t mix(uint64_t hash, const void *data, size_t length) {
    const uint8_t *byte = data;
    for (; length >= 8; length -= 8, byte += 8) {
        uint64_t word;
        memcpy(&word, byte, 8);
        hash = (hash ^ word) * 0x9e3779b97f4a7c15U;
        hash ^= hash >> 29;
    }
    while (length-- > 0)
        hash = (hash ^ *byte++) * 0x100000001b3U;
    return hash;
}

uint64_t life_hash(const struct life *life) {
    const struct sim_memory *memory = &life->world.sim->memory;
    uint32_t unit = life->world.chip->unit;
    uint64_t hash = mix(1, memory->bytes, memory->size);
    hash = mix(hash, memory->units, memory->size / unit);
    if (memory->unstable > 0)
        for (uint32_t i = 0; i < memory->size / unit; i++)
            if (memory->units[i] == SIM_UNSTABLE)
                hash = mix(hash ^ i, memory->before + i * unit, unit);
    hash = mix(hash, &life->story, sizeof life->story);
    for (uint32_t i = 0; i < life->world.sim->sector_count; i++)
        hash = hash * 31 + life->world.sim->sectors[i].dead;
    return hash;
}
