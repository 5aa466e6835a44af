#include "sim_flash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// splitmix64 (Steele, Lea, Flood 2014): small, and every seed is as good as another.
uint64_t sim_random(uint64_t *state) {
    uint64_t z = (*state += 0x9e3779b97f4a7c15U);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27) * 0x94d049bb133111ebU;
    return z ^ z >> 31;
}

const char *sim_breach_name(enum sim_breach breach) {
    static const char *const names[] = {"none", "a unit was programmed twice", "misaligned", "outside the flash",
                                        "a protected sector was touched"};
    return names[breach];
}

static void breach(struct sim_flash *sim, enum sim_breach what, uint32_t address) {
    if (sim->breach == SIM_NO_BREACH) {
        sim->breach = what;
        sim->breach_address = address;
    }
}

static bool inside(const struct sim_flash *sim, uint32_t address, uint32_t length) {
    return address >= sim->base && address - sim->base <= sim->memory.size &&
           length <= sim->memory.size - (address - sim->base);
}

struct sim_sector *sim_sector_at(struct sim_flash *sim, uint32_t address) {
    for (uint32_t i = 0; i < sim->sector_count; i++)
        if (address - sim->sectors[i].address < sim->sectors[i].size)
            return &sim->sectors[i];
    return NULL;
}

// Power goes in this operation. Called once its unit, or all units of its sector, are marked unstable.
static void power_off(struct sim_flash *sim) {
    longjmp(sim->power->gone, 1);
}

// True when power goes now; a clean cut does not come back.
static bool cut_here(struct sim_flash *sim) {
    if (sim->power->operations++ != sim->power->cut_at)
        return false;
    if (sim->power->cut_clean)
        power_off(sim);
    return true;
}

static enum sim_mood mood_now(struct sim_flash *sim) {
    return sim->mood == SIM_FICKLE ? (enum sim_mood)(sim_random(&sim->random) % SIM_MOODS) : sim->mood;
}

static enum updraft_status read_unstable(struct sim_flash *sim, uint32_t at, uint8_t *out, enum sim_mood mood) {
    const uint8_t *before = sim->memory.before + at, *bytes = sim->memory.bytes + at;
    if (sim->equal_reads_right && memcmp(before, bytes, sim->flash.program_unit) == 0)
        mood = SIM_NEW;
    if (mood == SIM_ERROR && sim->ecc)
        return UPDRAFT_ERROR_READ;
    for (uint32_t i = 0; i < sim->flash.program_unit; i++) {
        uint8_t mask = mood == SIM_OLD ? 0xff : mood == SIM_NEW ? 0 : (uint8_t)sim_random(&sim->random);
        out[i] = (uint8_t)((before[i] & mask) | (bytes[i] & ~mask));
    }
    return UPDRAFT_OK;
}

static enum updraft_status sim_read(void *context, uint32_t address, void *data, uint32_t length) {
    struct sim_flash *sim = context;
    if (!inside(sim, address, length)) {
        breach(sim, SIM_OUTSIDE, address);
        return UPDRAFT_ERROR_RANGE;
    }
    uint32_t from = address - sim->base, unit = sim->flash.program_unit;
    memcpy(data, sim->memory.bytes + from, length);
    if (sim->memory.unstable == 0)
        return UPDRAFT_OK;
    enum updraft_status status = UPDRAFT_OK;
    for (uint32_t at = from / unit * unit; at < from + length; at += unit) {
        if (sim->memory.units[at / unit] != SIM_UNSTABLE)
            continue;
        uint8_t seen[32];
        if (read_unstable(sim, at, seen, mood_now(sim)) != UPDRAFT_OK)
            status = UPDRAFT_ERROR_READ;
        for (uint32_t i = 0; i < unit; i++)
            if (at + i >= from && at + i < from + length)
                ((uint8_t *)data)[at + i - from] = seen[i];
    }
    return status;
}

static void set_unit(struct sim_flash *sim, uint32_t index, enum sim_unit state) {
    sim->memory.unstable -= sim->memory.units[index] == SIM_UNSTABLE;
    sim->memory.unstable += state == SIM_UNSTABLE;
    sim->memory.units[index] = (uint8_t)state;
}

static enum updraft_status sim_erase(void *context, uint32_t address) {
    struct sim_flash *sim = context;
    struct sim_sector *sector = sim_sector_at(sim, address);
    if (sector == NULL || sector->address != address) {
        breach(sim, sector == NULL ? SIM_OUTSIDE : SIM_MISALIGNED, address);
        return UPDRAFT_ERROR_RANGE;
    }
    if (sector->protected)
        breach(sim, SIM_PROTECTED, address);
    bool cut = cut_here(sim);
    if (sector->dead) {
        if (cut)
            power_off(sim);
        return UPDRAFT_ERROR_ERASE;
    }
    uint32_t from = address - sim->base, unit = sim->flash.program_unit;
    if (cut) {
        for (uint32_t i = from / unit; i < (from + sector->size) / unit; i++) {
            // What was unstable already may still show what it held before: the older of the two is kept.
            if (sim->memory.units[i] != SIM_UNSTABLE)
                memcpy(sim->memory.before + i * unit, sim->memory.bytes + i * unit, unit);
            set_unit(sim, i, SIM_UNSTABLE);
        }
    } else {
        for (uint32_t i = from / unit; i < (from + sector->size) / unit; i++)
            set_unit(sim, i, SIM_ERASED);
        sector->erases++;
    }
    memset(sim->memory.bytes + from, 0xff, sector->size);
    if (cut)
        power_off(sim);
    return UPDRAFT_OK;
}

static enum updraft_status program_unit(struct sim_flash *sim, uint32_t at, const uint8_t *data) {
    uint32_t unit = sim->flash.program_unit, index = at / unit;
    uint8_t *bytes = sim->memory.bytes + at;
    bool cut = cut_here(sim);
    struct sim_sector *sector = sim_sector_at(sim, sim->base + at);
    if (sector->protected)
        breach(sim, SIM_PROTECTED, sim->base + at);
    bool stuck = sim->stuck_address == sim->base + at;
    if (sector->dead || stuck) {
        if (cut)
            power_off(sim);
        return stuck ? UPDRAFT_OK : UPDRAFT_ERROR_PROGRAM;
    }
    sector->programs++;
    enum sim_unit was = sim->memory.units[index];
    if (was == SIM_PROGRAMMED)
        breach(sim, SIM_PROGRAMMED_TWICE, sim->base + at);
    if (was != SIM_ERASED && sim->ecc && (was == SIM_PROGRAMMED || sim_random(&sim->random) % 2 == 0)) {
        if (cut)
            power_off(sim);
        return UPDRAFT_ERROR_PROGRAM;
    }
    if (was != SIM_UNSTABLE && cut)
        memcpy(sim->memory.before + at, bytes, unit);
    for (uint32_t i = 0; i < unit; i++)
        bytes[i] = sim->ecc ? data[i] : bytes[i] & data[i];
    set_unit(sim, index, cut || was == SIM_UNSTABLE ? SIM_UNSTABLE : SIM_PROGRAMMED);
    if (cut)
        power_off(sim);
    return UPDRAFT_OK;
}

static enum updraft_status sim_program(void *context, uint32_t address, const void *data, uint32_t length) {
    struct sim_flash *sim = context;
    uint32_t unit = sim->flash.program_unit;
    if (!inside(sim, address, length)) {
        breach(sim, SIM_OUTSIDE, address);
        return UPDRAFT_ERROR_RANGE;
    }
    if (address % unit != 0 || length % unit != 0) {
        breach(sim, SIM_MISALIGNED, address);
        return UPDRAFT_ERROR_RANGE;
    }
    for (uint32_t done = 0; done < length; done += unit) {
        enum updraft_status status = program_unit(sim, address - sim->base + done, (const uint8_t *)data + done);
        if (status != UPDRAFT_OK)
            return status;
    }
    return UPDRAFT_OK;
}

static void *must(void *memory) {
    if (memory == NULL) {
        fputs("the proof is out of memory\n", stderr);
        exit(2);
    }
    return memory;
}

static void add_sectors(struct sim_flash *sim, const struct updraft_flash_region *region) {
    for (uint32_t i = 0; i < region->count; i++) {
        if (sim->sector_count == SIM_SECTORS) {
            fputs("more sectors than SIM_SECTORS\n", stderr);
            exit(2);
        }
        sim->sectors[sim->sector_count++] =
            (struct sim_sector){.address = region->address + i * region->unit, .size = region->unit};
        sim->memory.size = region->address + (i + 1) * region->unit - sim->base;
    }
}

struct sim_flash *sim_create(const struct updraft_flash_region *regions, uint8_t count, uint8_t unit, bool ecc) {
    struct sim_flash *sim = must(calloc(1, sizeof *sim));
    sim->base = regions[0].address;
    sim->power = &sim->own_power;
    sim->ecc = ecc;
    for (uint8_t i = 0; i < count; i++)
        add_sectors(sim, &regions[i]);
    struct sim_memory *memory = &sim->memory;
    memory->bytes = must(malloc(memory->size));
    memory->before = must(calloc(memory->size, 1));
    memory->units = must(calloc(memory->size / 4, 1));
    memset(memory->bytes, 0xff, memory->size);
    sim->flash = (struct updraft_flash){regions, count, unit, sim, sim_read, sim_erase, sim_program};
    sim_power_up(sim, 0, SIM_FICKLE, SIM_NEVER, false);
    return sim;
}

void sim_destroy(struct sim_flash *sim) {
    sim_memory_free(&sim->memory);
    free(sim);
}

void sim_protect(struct sim_flash *sim, uint32_t address, uint32_t size) {
    for (uint32_t i = 0; i < sim->sector_count; i++)
        if (sim->sectors[i].address - address < size)
            sim->sectors[i].protected = true;
}

void sim_power_up(struct sim_flash *sim, uint64_t seed, enum sim_mood mood, int64_t cut_at, bool cut_clean) {
    sim->random = seed;
    sim->mood = mood;
    sim->power->operations = 0;
    sim->power->cut_at = cut_at;
    sim->power->cut_clean = cut_clean;
}

struct sim_memory sim_memory_copy(const struct sim_memory *memory) {
    struct sim_memory copy = {must(malloc(memory->size)), must(malloc(memory->size)), must(malloc(memory->size / 4)),
                              memory->size, 0};
    sim_memory_restore(&copy, memory);
    return copy;
}

void sim_memory_restore(struct sim_memory *to, const struct sim_memory *from) {
    memcpy(to->bytes, from->bytes, from->size);
    memcpy(to->before, from->before, from->size);
    memcpy(to->units, from->units, from->size / 4);
    to->unstable = from->unstable;
}

void sim_memory_free(struct sim_memory *memory) {
    free(memory->bytes);
    free(memory->before);
    free(memory->units);
}

void sim_write(struct sim_flash *sim, uint32_t address, const void *data, uint32_t length) {
    uint32_t from = address - sim->base, unit = sim->flash.program_unit;
    memcpy(sim->memory.bytes + from, data, length);
    for (uint32_t i = from / unit; i < (from + length + unit - 1) / unit; i++)
        set_unit(sim, i, SIM_PROGRAMMED);
}

enum updraft_status sim_overwrite(struct sim_flash *sim, uint32_t address, const void *data, uint32_t length) {
    uint32_t from = address - sim->base, unit = sim->flash.program_unit;
    if (!inside(sim, address, length)) {
        breach(sim, SIM_OUTSIDE, address);
        return UPDRAFT_ERROR_RANGE;
    }
    bool cut = cut_here(sim);
    for (uint32_t i = from / unit; i < (from + length) / unit; i++) {
        if (cut && sim->memory.units[i] != SIM_UNSTABLE)
            memcpy(sim->memory.before + i * unit, sim->memory.bytes + i * unit, unit);
        set_unit(sim, i, cut ? SIM_UNSTABLE : SIM_PROGRAMMED);
    }
    memcpy(sim->memory.bytes + from, data, length);
    if (cut)
        power_off(sim);
    return UPDRAFT_OK;
}

void sim_shake(struct sim_flash *sim, uint32_t address, uint32_t length) {
    uint32_t from = address - sim->base, unit = sim->flash.program_unit;
    for (uint32_t i = from / unit; i < (from + length) / unit; i++) {
        memcpy(sim->memory.before + i * unit, sim->memory.bytes + i * unit, unit);
        set_unit(sim, i, SIM_UNSTABLE);
    }
}

void sim_count_anew(struct sim_flash *sim) {
    for (uint32_t i = 0; i < sim->sector_count; i++)
        sim->sectors[i].erases = sim->sectors[i].programs = 0;
}

bool sim_peek(const struct sim_flash *sim, uint32_t address, void *data, uint32_t length) {
    uint32_t from = address - sim->base, unit = sim->flash.program_unit;
    memcpy(data, sim->memory.bytes + from, length);
    for (uint32_t i = from / unit; i < (from + length + unit - 1) / unit; i++)
        if (sim->memory.units[i] == SIM_UNSTABLE)
            return false;
    return true;
}
