#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "images.h"

// Full chips as port/ lays them out; sizes in bytes.
const struct chip chips[CHIPS] = {
    [CHIP_F407] = {"F407 16/64/128 KB sectors, 4 B units",
                   {{0x08000000, 0x4000, 4}, {0x08010000, 0x10000, 1}, {0x08020000, 0x20000, 7}},
                   3,
                   4,
                   false,
                   {0x08008000, 0x0800c000},
                   0x4000,
                   0x08020000,
                   3 * 0x20000,
                   0x08080000,
                   0x20000,
                   0x200},
    [CHIP_L476] = {"L476 2 KB pages, 8 B units, ECC",
                   {{0x08000000, 0x800, 512}},
                   1,
                   8,
                   true,
                   {0x08008000, 0x08009000},
                   0x1000,
                   0x08010000,
                   0x74000,
                   0x08084000,
                   0x4000,
                   0x200},
    [CHIP_H743] = {"H743 128 KB sectors, 32 B units, ECC",
                   {{0x08000000, 0x20000, 16}},
                   1,
                   32,
                   true,
                   {0x08020000, 0x08040000},
                   0x20000,
                   0x08060000,
                   6 * 0x20000,
                   0x08120000,
                   0x20000,
                   0x400},
    [CHIP_F4_REDUCED] = {"F4 reduced: 512 B sectors, 4 B units",
                         {{0x08000000, 0x800, 3}, {0x08001800, 0x200, 7}},
                         2,
                         4,
                         false,
                         {0x08000800, 0x08001000},
                         0x800,
                         0x08001800,
                         0x600,
                         0x08001e00,
                         0x200,
                         0x40},
    [CHIP_L4_REDUCED] = {"L4 reduced: 512 B pages, 8 B units, ECC",
                         {{0x08000000, 0x200, 17}},
                         1,
                         8,
                         true,
                         {0x08000400, 0x08000c00},
                         0x800,
                         0x08001400,
                         0x600,
                         0x08001a00,
                         0x200,
                         0x40},
    [CHIP_H7_REDUCED] = {"H7 reduced: 512 B sectors, 32 B units, ECC",
                         {{0x08000000, 0x800, 3}, {0x08001800, 0x200, 7}},
                         2,
                         32,
                         true,
                         {0x08000800, 0x08001000},
                         0x800,
                         0x08001800,
                         0x600,
                         0x08001e00,
                         0x200,
                         0x40},
};

enum { POWER_UPS_MOST = 60 };

static struct world *here; // the platform's callbacks carry no context, as on the chip

static void on_feed(void) {}

static void on_arm_watchdog(void) {
    here->watchdog_armed = true;
}

static bool can_start(uint32_t stack, uint32_t entry, uint32_t code, uint32_t size) {
    return stack == IMAGES_STACK && (entry & 1) != 0 && entry - code < size;
}

static void on_start(uint32_t vectors, uint32_t stack, uint32_t entry) {
    if (!can_start(stack, entry, vectors, here->layout.running.size))
        model_complain(&here->model, "the bootloader jumped into nothing");
    if (vectors != here->layout.running.address + here->layout.header_size)
        model_complain(&here->model, "the bootloader jumped somewhere else");
    longjmp(here->left_boot, WORLD_LEFT_STARTED);
}

static void on_reset(void) {
    model_complain(&here->model, "the bootloader took its own decision for a fault");
    longjmp(here->left_boot, WORLD_LEFT_RECOVERY);
}

static void on_recover(void) {
    longjmp(here->left_boot, WORLD_LEFT_RECOVERY);
}

static void on_say(const char *text) {
    if (getenv("PROOF_VERBOSE") != NULL)
        printf("        %s\n", text);
}

static const struct updraft_spi_bus no_bus; // the drivers are medium.c's

static void lay_out(struct world *world) {
    const struct chip *chip = world->chip;
    const struct updraft_flash *flash = &world->sim->flash;
    world->layout =
        (struct updraft_layout){.board = "proof",
                                .log = {{flash, chip->log[0], chip->log_size}, {flash, chip->log[1], chip->log_size}},
                                .running = {flash, chip->running, chip->running_size},
                                .staging = {flash, chip->staging, chip->running_size + chip->step},
                                .swap_unit = chip->step,
                                .header_size = chip->header_size};
    sim_protect(world->sim, chip->regions[0].address, chip->log[0] - chip->regions[0].address);
    if (chip->running > chip->log[1] + chip->log_size)
        sim_protect(world->sim, chip->log[1] + chip->log_size, chip->running - chip->log[1] - chip->log_size);
    world->platform = (struct boot_platform){.layout = &world->layout,
                                             .keys = images_keys,
                                             .key_count = images_key_count,
                                             .decryption_key = images_decryption_key,
                                             .card = &no_bus,
                                             .nor = &no_bus,
                                             .trial_attempts = world->scene.attempts,
                                             .feed = on_feed,
                                             .arm_watchdog = on_arm_watchdog,
                                             .can_start = can_start,
                                             .start = on_start,
                                             .reset = on_reset,
                                             .recover = on_recover,
                                             .say = on_say};
}

// A device that has run the old image for a while.
static void make_history(struct world *world) {
    struct updraft_boot_state log;
    const struct updraft_layout *layout = &world->layout;
    sim_write(world->sim, layout->running.address, world->old_image.bytes, world->old_image.size);
    world->sim->equal_reads_right = world->scene.flash == FLASH_SHAKY_SLOT;
    if (world->scene.flash == FLASH_SHAKY_SLOT)
        sim_shake(world->sim, layout->running.address + layout->swap_unit, layout->swap_unit);
    if (world->scene.kind == SCENE_FACTORY)
        return;
    for (int i = 0; i <= world->scene.log_filled; i++) {
        updraft_boot_state_open(&log, &world->layout);
        log.durable = i > 0;
        log.state.phase = UPDRAFT_PHASE_CONFIRMED;
        log.state.has_running = 1;
        log.state.slot_whole = world->scene.flash != FLASH_SHAKY_SLOT;
        log.state.counter = world->old_image.counter;
        memcpy(log.state.running, world->old_image.digest, UPDRAFT_DIGEST_SIZE);
        updraft_boot_state_append(&log);
    }
}

static void break_flash(struct world *world) {
    const struct updraft_layout *layout = &world->layout;
    switch (world->scene.flash) {
    case FLASH_DEAD_STAGING:
    case FLASH_STUCK_STAGING: world->broken_sector = world->model.map.kept.address; break;
    case FLASH_DEAD_RUNNING: world->broken_sector = layout->running.address + layout->swap_unit; break;
    default: return;
    }
    if (world->scene.flash == FLASH_STUCK_STAGING)
        world->sim->stuck_address = world->broken_sector;
    else
        sim_sector_at(world->sim, world->broken_sector)->dead = true;
    world->model.new_may_go = true;
}

static bool has(const struct world *world, enum scene_options option) {
    return (world->scene.options & (int)option) != 0;
}

static bool is_outside(const struct world *world) {
    return world->scene.source != UPDRAFT_SOURCE_STAGING;
}

// Where the design has the two images while the installation goes on.
static struct model_map map(const struct world *world) {
    const struct updraft_layout *layout = &world->layout;
    const struct sim_flash *medium = world->medium.sim;
    uint32_t staging = layout->staging.address, units_old = world->scene.old_steps;
    struct model_map map = {.sim = world->sim, .running = layout->running.address, .step = layout->swap_unit};
    bool stays = is_outside(world) || has(world, PACKED);
    map.update = is_outside(world) ? (struct model_place){medium, medium_address(&world->medium, false), true}
                                   : (struct model_place){world->sim, staging + layout->swap_unit, stays};
    map.kept = (struct model_place){
        world->sim, stays ? staging + layout->staging.size - units_old * layout->swap_unit : staging, false};
    if (has(world, COPY) && world->scene.flash != FLASH_COPY_ROTTEN)
        map.kept = (struct model_place){medium, medium_address(&world->medium, true), true};
    return map;
}

static void make_images(struct world *world) {
    const struct scene *scene = &world->scene;
    // The copy outside the chip is what was downloaded when the old image was the new one: encrypted if it was.
    struct image_plan plan = {.chip = world->chip,
                              .steps = scene->old_steps,
                              .counter = 7,
                              .version = 1,
                              .encrypted = has(world, ENCRYPTED) && has(world, COPY)};
    world->old_image = image_make(&plan);
    plan = (struct image_plan){.chip = world->chip,
                               .steps = scene->new_steps,
                               .counter = 8,
                               .version = 2,
                               .fault = scene->fault,
                               .encrypted = has(world, ENCRYPTED),
                               .packed = has(world, PACKED),
                               .like = has(world, EQUAL) ? &world->old_image : NULL};
    world->new_image = image_make(&plan);
}

void world_create(struct world *world, const struct chip *chip, const struct scene *scene) {
    memset(world, 0, sizeof *world);
    world->chip = chip;
    world->scene = *scene;
    world->sim = sim_create(chip->regions, chip->region_count, chip->unit, chip->ecc);
    world->medium = medium_create(is_outside(world) ? chip->running_size : MEDIUM_SECTOR, world->sim->power);
    lay_out(world);
    make_images(world);
    struct model_map where = map(world);
    model_begin(&world->model, &where, &world->old_image, &world->new_image, scene->kind != SCENE_REFUSED,
                scene->attempts);
    world->model.old_is_shaky = scene->flash == FLASH_SHAKY_SLOT;
    // In staging inside the chip the old image is kept as it ran.
    if (!where.kept.stays)
        memcpy(world->old_image.stored, world->old_image.bytes, world->old_image.size);
    make_history(world);
    break_flash(world);
    sim_count_anew(world->sim);
}

void world_destroy(struct world *world) {
    image_free(&world->old_image);
    image_free(&world->new_image);
    sim_destroy(world->sim);
    free((void *)(uintptr_t)world->medium.sim->flash.regions);
    sim_destroy(world->medium.sim);
}

// Erases and programs of the erase units from address on.
static void add_wear(struct world *world, uint32_t address, uint32_t length, uint32_t *erases, uint32_t *programs) {
    *erases = *programs = 0;
    for (uint32_t i = 0; i < world->sim->sector_count; i++) {
        const struct sim_sector *sector = &world->sim->sectors[i];
        if (sector->address - address < length) {
            *erases = sector->erases > *erases ? sector->erases : *erases;
            *programs += sector->programs;
        }
    }
}

void world_check_wear(struct world *world) {
    const struct updraft_layout *layout = &world->layout;
    uint32_t unit = world->chip->unit, erases, programs;
    uint32_t units_new = (world->new_image.size + unit - 1) / unit,
             units_old = (world->old_image.size + unit - 1) / unit;
    add_wear(world, layout->running.address, layout->running.size, &erases, &programs);
    if (world->scene.kind == SCENE_REFUSED && erases > 0)
        model_complain(&world->model, "the slot was erased for an image that must be refused");
    if (world->scene.kind != SCENE_CONFIRM)
        return;
    if (erases > 1 || programs > units_new)
        model_complain(&world->model, "the slot was written more than once");
    add_wear(world, layout->staging.address, layout->staging.size, &erases, &programs);
    if (has(world, COPY) && programs > 0 && world->scene.flash == FLASH_GOOD)
        model_complain(&world->model, "staging was written, and the fallback stands outside the chip");
    // The new image by the download, the old one by the walk.
    if (programs > (is_outside(world) ? 0 : (world->new_image.stored_size + unit - 1) / unit) + units_old)
        model_complain(&world->model, "staging was written more than once for each image");
    add_wear(world, layout->running.address + layout->swap_unit, layout->swap_unit, &erases, &programs);
    if (has(world, EQUAL) && world->scene.flash == FLASH_GOOD && (erases > 0 || programs > 0))
        model_complain(&world->model, "a step that is equal in both images was written");
}

// Writes the new image, and before it the copy of the old one, to where the scene has them.
static bool stage_outside(struct world *world, struct updraft_boot_state *log) {
    const struct model_image *old = &world->old_image, *new = &world->new_image;
    bool is_card = world->scene.source == UPDRAFT_SOURCE_CARD;
    if (has(world, COPY) && log->state.has_fallback != UPDRAFT_FALLBACK_COPY) {
        if (!medium_write(&world->medium, is_card, true, old->stored, old->stored_size) ||
            updraft_boot_state_keep_fallback(log, world->scene.source) != UPDRAFT_OK)
            return false;
    }
    if (world->scene.flash == FLASH_COPY_ROTTEN)
        world->medium.sim->memory.bytes[world->medium.room + world->chip->header_size] =
            old->stored[world->chip->header_size] ^ 1;
    return medium_write(&world->medium, is_card, false, new->stored, new->stored_size);
}

static bool stage_inside(struct world *world) {
    const struct updraft_layout *layout = &world->layout;
    const struct model_image *image = &world->new_image;
    uint32_t unit = world->chip->unit, offset = updraft_layout_staged_offset(layout);
    uint32_t steps = (image->stored_size + layout->swap_unit - 1) / layout->swap_unit;
    return updraft_area_erase(&layout->staging, offset, steps * layout->swap_unit) == UPDRAFT_OK &&
           updraft_area_program(&layout->staging, offset, image->stored,
                                (image->stored_size + unit - 1) / unit * unit) == UPDRAFT_OK;
}

// What the agent does with a download: claim, erase, program, ask.
static void stage_and_request(struct world *world, struct updraft_boot_state *log) {
    if (updraft_boot_state_claim_staging(log) != UPDRAFT_OK ||
        !(is_outside(world) ? stage_outside(world, log) : stage_inside(world))) {
        model_complain(&world->model, "staging failed on a flash that works");
        return;
    }
    world->model.request_begun = true;
    if (updraft_boot_state_request(log, world->scene.source, world->new_image.digest) != UPDRAFT_OK)
        model_complain(&world->model, "the request failed on a flash that works");
    world->model.request_done = true;
}

void world_stage(struct world *world) {
    struct updraft_boot_state log;
    (void)updraft_boot_state_open(&log, &world->layout);
    sim_power_up(world->sim, 0, SIM_FICKLE, SIM_NEVER, false);
    stage_and_request(world, &log);
}

static void on_trial(struct world *world, struct updraft_boot_state *log) {
    switch (world->scene.kind) {
    case SCENE_CONFIRM:
        world->model.confirm_begun = true;
        if (updraft_boot_state_confirm(log) != UPDRAFT_OK)
            model_complain(&world->model, "the confirmation failed on a flash that works");
        world->model.confirm_done = true;
        break;
    case SCENE_REJECT:
        world->model.new_may_go = true;
        if (updraft_boot_state_reject(log, UPDRAFT_REASON_SELF_TEST) != UPDRAFT_OK)
            model_complain(&world->model, "the rejection failed on a flash that works");
        break;
    default: world->watchdog_bit = true; break;
    }
}

static enum updraft_reason expected_refusal(enum image_fault fault) {
    switch (fault) {
    case IMAGE_UNPACKED:
    case IMAGE_DIGEST: return UPDRAFT_REASON_DIGEST;
    case IMAGE_BOARD: return UPDRAFT_REASON_BOARD;
    case IMAGE_COUNTER: return UPDRAFT_REASON_COUNTER;
    default: return UPDRAFT_REASON_SIGNATURE;
    }
}

static void check_report(struct world *world, const struct updraft_outcome *outcome) {
    if (memcmp(outcome->digest, world->new_image.digest, 32) != 0)
        model_complain(&world->model, "the report is about another image");
    if (world->scene.kind == SCENE_REFUSED &&
        (outcome->kind != UPDRAFT_OUTCOME_REFUSED || outcome->reason != expected_refusal(world->scene.fault)))
        model_complain(&world->model, "the report does not say why the image was refused");
    if (world->scene.kind == SCENE_FLASH &&
        (outcome->kind != UPDRAFT_OUTCOME_REFUSED || outcome->reason != UPDRAFT_REASON_FLASH ||
         outcome->address != world->broken_sector))
        model_complain(&world->model, "the report does not name the broken sector");
    if ((world->scene.kind == SCENE_SILENT || world->scene.kind == SCENE_REJECT) &&
        outcome->kind != UPDRAFT_OUTCOME_ROLLED_BACK)
        model_complain(&world->model, "the report does not say that the image was taken back");
}

// One run of the application. True when there is nothing left for it to do.
static bool run_application(struct world *world) {
    struct updraft_boot_state log;
    (void)updraft_boot_state_open(&log, &world->layout);
    bool ran_new = model_slot_holds(&world->model, &world->new_image);
    if (log.state.phase == UPDRAFT_PHASE_TRIAL) {
        on_trial(world, &log);
        return false;
    }
    // The card is gone for good: the image stays pending, and the old one runs.
    if (world->medium.gone && log.state.phase == UPDRAFT_PHASE_PENDING && !ran_new) {
        model_ended(&world->model, true, ran_new);
        return true;
    }
    // A torn record that was not there for the bootloader can be there now: it decides again.
    if (log.state.phase != UPDRAFT_PHASE_CONFIRMED && log.state.phase != UPDRAFT_PHASE_NEW)
        return false;
    // A report is made only of what stands.
    if (log.state.outcome.kind != UPDRAFT_OUTCOME_NONE || world->scene.kind == SCENE_FACTORY) {
        if (updraft_boot_state_make_durable(&log) != UPDRAFT_OK)
            model_complain(&world->model, "settling failed on a flash that works");
        if (world->scene.kind != SCENE_FACTORY)
            check_report(world, &log.state.outcome);
        if (log.state.outcome.kind == UPDRAFT_OUTCOME_CONFIRMED)
            world->model.confirm_done = true;
        model_counter(&world->model, log.state.counter);
        model_ended(&world->model, world->scene.kind == SCENE_CONFIRM, ran_new);
        return true;
    }
    if (ran_new)
        model_complain(&world->model, "the new image runs neither on trial nor confirmed");
    stage_and_request(world, &log);
    return false;
}

int world_boot(struct world *world) {
    struct boot *boot = &world->boot;
    memset(boot, 0xa5, sizeof *boot); // RAM after power-up
    boot->reset_cause = world->watchdog_bit ? UPDRAFT_RESET_WATCHDOG : UPDRAFT_RESET_POWER;
    boot->request = UPDRAFT_REQUEST_NONE;
    boot->checkpoint = 0;
    world->watchdog_bit = world->watchdog_armed = false;
    here = world;
    medium_insert(&world->medium);
    int left = setjmp(world->left_boot);
    if (left == 0) {
        boot_run(boot, &world->platform);
        left = WORLD_LEFT_RECOVERY;
    }
    return left;
}

static void boot_once(struct world *world) {
    if (world_boot(world) == WORLD_LEFT_RECOVERY)
        model_unbootable(&world->model);
    else
        model_started(&world->model, world->watchdog_armed);
}

enum world_end world_run(struct world *world, uint64_t seed, enum sim_mood mood, int64_t cut_at, bool cut_clean) {
    sim_power_up(world->medium.sim, seed, mood, cut_at, cut_clean);
    sim_power_up(world->sim, seed, mood, cut_at, cut_clean);
    if (setjmp(world->sim->power->gone) != 0) {
        world->model.cuts++;
        if (world->scene.flash == FLASH_CARD_PULLED && world->model.request_done)
            world->medium.gone = world->model.new_may_go = true;
        model_power_off(&world->model);
        return world->model.complaint[0] != 0 ? WORLD_BROKEN : WORLD_CUT;
    }
    bool done = false;
    for (int i = 0; !done && world->model.complaint[0] == 0; i++) {
        world->power_ups++;
        if (i == POWER_UPS_MOST)
            model_complain(&world->model, "it does not come to an end");
        boot_once(world);
        if (world->model.complaint[0] == 0)
            done = run_application(world);
        model_power_off(&world->model);
        if (world->sim->breach != SIM_NO_BREACH)
            model_complain(&world->model, sim_breach_name(world->sim->breach));
        if (world->medium.sim->breach != SIM_NO_BREACH)
            model_complain(&world->model, sim_breach_name(world->medium.sim->breach));
    }
    return done && world->model.complaint[0] == 0 ? WORLD_DONE : WORLD_BROKEN;
}

struct world_snapshot world_save(const struct world *world) {
    return (struct world_snapshot){sim_memory_copy(&world->sim->memory), sim_memory_copy(&world->medium.sim->memory),
                                   world->model, world->watchdog_bit, world->medium.gone};
}

void world_restore(struct world *world, const struct world_snapshot *snapshot) {
    sim_memory_restore(&world->sim->memory, &snapshot->memory);
    sim_memory_restore(&world->medium.sim->memory, &snapshot->medium);
    world->model = snapshot->model;
    world->watchdog_bit = snapshot->watchdog_bit;
    world->medium.gone = snapshot->medium_gone;
    world->sim->breach = world->medium.sim->breach = SIM_NO_BREACH;
}

void world_forget(struct world_snapshot *snapshot) {
    sim_memory_free(&snapshot->memory);
    sim_memory_free(&snapshot->medium);
}
