// A device on the PC: the chip's own core/ and boot/ over a simulated flash, its images, and an application that
// updates it.
#ifndef UPDRAFT_WORLD_H
#define UPDRAFT_WORLD_H

#include "boot.h"
#include "medium.h"
#include "model.h"
#include "sim_flash.h"

// A chip and its flash map. The reduced ones have the same units and ECC with small sectors.
struct chip {
    const char *name;
    struct updraft_flash_region regions[3];
    uint8_t region_count, unit;
    bool ecc;
    uint32_t log[2], log_size, running, running_size, staging, step, header_size;
};

enum { CHIP_F407, CHIP_L476, CHIP_H743, CHIP_F4_REDUCED, CHIP_L4_REDUCED, CHIP_H7_REDUCED, CHIPS };
extern const struct chip chips[CHIPS];

enum scene_kind {
    SCENE_CONFIRM, // the new image confirms itself
    SCENE_SILENT,  // it never does
    SCENE_REJECT,  // its self-test says no
    SCENE_REFUSED, // the bootloader must not install it
    SCENE_FLASH,   // a sector is broken: the old image stays, the report names the sector
    SCENE_FACTORY, // nothing in the log, an image in the slot, no update wanted
};

enum image_fault {
    IMAGE_GOOD,
    IMAGE_SIGNATURE,
    IMAGE_DIGEST,
    IMAGE_BOARD,
    IMAGE_COUNTER,
    IMAGE_FOREIGN_KEY,
    IMAGE_UNPACKED, // packed and signed right, but unpacking does not give the digest that it names
};

enum flash_fault {
    FLASH_GOOD,
    FLASH_DEAD_STAGING,  // the sector that the old image's first step is kept in
    FLASH_DEAD_RUNNING,  // the slot's second step
    FLASH_STUCK_STAGING, // a unit of the former says that it was programmed, and was not
    FLASH_CARD_PULLED,   // while power is off, once the installation was asked for
    FLASH_COPY_ROTTEN,   // the fallback outside the chip was proven, and then changed
    FLASH_SHAKY_SLOT,    // a step of the slot, equal in both images, was never proven
};

// Beside the plain image in staging inside the chip.
enum scene_options {
    ENCRYPTED = 1,
    PACKED = 2,
    COPY = 4,  // the application puts a copy of the running image beside the new one
    EQUAL = 8, // the second step is equal in both images
};

struct scene {
    const char *name;
    enum scene_kind kind;
    enum image_fault fault;
    uint8_t old_steps, new_steps; // sizes of the images
    uint8_t attempts;             // starts on trial
    uint8_t log_filled;           // records in the log beforehand, so that it turns over on the way
    enum flash_fault flash;
    enum updraft_source source;
    int options; // enum scene_options
};

struct world {
    const struct chip *chip;
    struct scene scene;
    struct sim_flash *sim;
    struct medium medium;
    struct updraft_layout layout;
    struct boot_platform platform;
    struct boot boot;
    struct model model;
    struct model_image old_image, new_image;
    enum sim_mood mood;
    uint64_t seed;
    bool watchdog_armed, watchdog_bit;
    jmp_buf left_boot;
    uint64_t power_ups;
    uint32_t broken_sector; // address, 0: none
};

enum world_end {
    WORLD_DONE, // the application has nothing left to do
    WORLD_CUT,
    WORLD_BROKEN, // model.complaint says why
};

// Builds the device with the old image in it as the factory made it. Check its `complaint` first.
void world_create(struct world *world, const struct chip *chip, const struct scene *scene);
void world_destroy(struct world *world);

// After a run without a cut: was anything erased or programmed more often than the design says? Complains in the model.
void world_check_wear(struct world *world);

// Powers up again and again until the application is done or power is cut at the given operation.
enum world_end world_run(struct world *world, uint64_t seed, enum sim_mood mood, int64_t cut_at, bool cut_clean);

// What the agent does with a download, power staying on: claim, erase, program, ask.
void world_stage(struct world *world);

// One boot: how it ended.
enum { WORLD_LEFT_STARTED = 1, WORLD_LEFT_RECOVERY = 2 };
int world_boot(struct world *world);

// A point in time at which power is off.
struct world_snapshot {
    struct sim_memory memory, medium;
    struct model model;
    bool watchdog_bit, medium_gone;
};
struct world_snapshot world_save(const struct world *world);
void world_restore(struct world *world, const struct world_snapshot *snapshot);
void world_forget(struct world_snapshot *snapshot);

#endif
