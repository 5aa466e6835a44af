// The referee: what must happen, from DESIGN.md ("Metadata log", "Installation walk", "Failure model") and the device
// protocol. It sees the flash's true contents, what was started, and what the application did; it shares no code with
// core/ and boot/.
#ifndef UPDRAFT_MODEL_H
#define UPDRAFT_MODEL_H

#include <stdbool.h>
#include <stdint.h>

struct sim_flash;

struct model_image {
    uint8_t *bytes; // as it runs
    uint32_t size;
    uint8_t *stored; // as it waits in its source: encrypted, packed
    uint32_t stored_size;
    uint32_t counter;
    uint8_t digest[32];
};

// Where an image waits, or is kept.
struct model_place {
    const struct sim_flash *sim;
    uint32_t address;
    bool stays; // whole, in its stored form, all the time; else step by step, either there or in the running slot
};

// Where everything is; steps as in core/updraft_layout.h.
struct model_map {
    const struct sim_flash *sim;
    uint32_t running, step;
    struct model_place update, kept; // the new image, and the old one while the new one is not confirmed
};

struct model {
    struct model_map map;
    const struct model_image *old_image, *new_image;
    bool new_is_good;      // false: it must be refused
    bool old_is_shaky;     // the factory left parts of it unstable: only its content counts
    uint8_t attempts_most; // starts on trial
    // What has happened, for good or perhaps (a write that power cut may be there or not).
    bool request_begun, request_done;
    bool confirm_begun, confirm_done;
    bool new_may_go; // it was rejected by itself, or the flash cannot hold it
    bool taken_back; // the old image was started after the new one
    uint8_t trial_starts;
    uint32_t counter_floor;
    uint32_t cuts;
    char complaint[160]; // empty: all is well
};

void model_begin(struct model *model, const struct model_map *map, const struct model_image *old_image,
                 const struct model_image *new_image, bool new_is_good, uint8_t attempts_most);

// The bootloader jumped into the slot.
void model_started(struct model *model, bool watchdog_armed);
// The bootloader found nothing to start.
void model_unbootable(struct model *model);
// Whenever power is off: every image that may still be needed stands whole.
void model_power_off(struct model *model);
// The security counter that the log holds now and that somebody relies on.
void model_counter(struct model *model, uint32_t counter);
// All is quiet: is it the image that the scene must end with?
void model_ended(struct model *model, bool wants_new, bool ran_new);

// True when the slot holds exactly this image, each unit of it stable.
bool model_slot_holds(const struct model *model, const struct model_image *image);

void model_complain(struct model *model, const char *text);

#endif
