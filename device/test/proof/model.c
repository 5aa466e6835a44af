#include "model.h"

#include <stdio.h>
#include <string.h>

#include "sim_flash.h"

void model_complain(struct model *model, const char *text) {
    if (model->complaint[0] == 0)
        snprintf(model->complaint, sizeof model->complaint, "%s", text);
}

void model_begin(struct model *model, const struct model_map *map, const struct model_image *old_image,
                 const struct model_image *new_image, bool new_is_good, uint8_t attempts_most) {
    memset(model, 0, sizeof *model);
    model->map = *map;
    model->old_image = old_image;
    model->new_image = new_image;
    model->new_is_good = new_is_good;
    model->attempts_most = attempts_most;
}

static bool stands(const struct sim_flash *sim, uint32_t address, const uint8_t *bytes, uint32_t length) {
    uint32_t from = address - sim->base, unit = sim->flash.program_unit;
    if (memcmp(sim->memory.bytes + from, bytes, length) != 0)
        return false;
    return sim->memory.unstable == 0 ||
           memchr(sim->memory.units + from / unit, SIM_UNSTABLE, (length + unit - 1) / unit) == NULL;
}

// Every step of the image stands in the running slot or at the place.
static bool stands_somewhere(const struct model *model, const struct model_image *image,
                             const struct model_place *place) {
    const struct model_map *map = &model->map;
    if (place->stays && stands(place->sim, place->address, image->stored, image->stored_size))
        return true;
    for (uint32_t at = 0; at < image->size; at += map->step) {
        uint32_t part = image->size - at < map->step ? image->size - at : map->step;
        bool there = !place->stays && stands(place->sim, place->address + at, image->stored + at, part);
        if (!there && !stands(map->sim, map->running + at, image->bytes + at, part))
            return false;
    }
    return true;
}

bool model_slot_holds(const struct model *model, const struct model_image *image) {
    const struct model_map *map = &model->map;
    return stands(map->sim, map->running, image->bytes, image->size);
}

static bool slot_has_old(const struct model *model) {
    const struct model_map *map = &model->map;
    const struct model_image *image = model->old_image;
    return model->old_is_shaky
               ? memcmp(map->sim->memory.bytes + (map->running - map->sim->base), image->bytes, image->size) == 0
               : model_slot_holds(model, image);
}

void model_started(struct model *model, bool watchdog_armed) {
    if (slot_has_old(model)) {
        if (model->confirm_done)
            model_complain(model, "the old image was started after the new one was confirmed");
        model->taken_back = model->taken_back || model->trial_starts > 0;
        return;
    }
    if (!model_slot_holds(model, model->new_image)) {
        model_complain(model, "what was started is neither image, or parts of it are unstable");
        return;
    }
    if (!model->new_is_good)
        model_complain(model, "an image was started that must be refused");
    if (!model->request_begun)
        model_complain(model, "the new image was started and nobody asked for it");
    if (model->taken_back)
        model_complain(model, "the new image was started again after it was taken back");
    if (model->confirm_begun)
        return; // a confirmation that power cut may be there at this boot and gone at the next
    if (!watchdog_armed)
        model_complain(model, "the new image was started on trial without the watchdog");
    if (++model->trial_starts > model->attempts_most)
        model_complain(model, "more starts on trial than allowed");
}

void model_unbootable(struct model *model) {
    model_complain(model, "unbootable: the bootloader found nothing to start");
}

// A start on trial is recorded before the jump, so each cut may have used one up that never came to run; only when all
// are gone, or the image or the flash says no, may the old image come back. Not once the confirmation stands.
static bool may_be_taken_back(const struct model *model) {
    return model->new_may_go || (!model->confirm_done && model->trial_starts + model->cuts >= model->attempts_most);
}

void model_power_off(struct model *model) {
    const struct model_map *map = &model->map;
    if (model->confirm_done) {
        if (!model_slot_holds(model, model->new_image))
            model_complain(model, "the confirmed image is damaged");
        return;
    }
    if (!model->old_is_shaky && !stands_somewhere(model, model->old_image, &map->kept))
        model_complain(model, "the fallback was lost before the new image was confirmed");
    if (model->request_done && model->new_is_good && !may_be_taken_back(model) &&
        !stands_somewhere(model, model->new_image, &map->update))
        model_complain(model, "the new image was lost before it was started");
}

void model_counter(struct model *model, uint32_t counter) {
    if (counter < model->counter_floor)
        model_complain(model, "the security counter fell");
    if (counter > model->counter_floor)
        model->counter_floor = counter;
    if (model->confirm_done && counter < model->new_image->counter)
        model_complain(model, "a confirmed image's security counter does not hold");
    if (!model->confirm_begun && counter >= model->new_image->counter &&
        model->new_image->counter > model->old_image->counter)
        model_complain(model, "the security counter rose before the confirmation");
}

void model_ended(struct model *model, bool wants_new, bool ran_new) {
    if (wants_new && !ran_new && !may_be_taken_back(model))
        model_complain(model, "power stayed and the device did not end on the new image");
    if (!wants_new && ran_new)
        model_complain(model, "the device ended on an image that must not stay");
}
