#include "flash_sim.h"

#include <string.h>

static uint32_t next_random(struct flash_sim *sim) {
    sim->random ^= sim->random << 13;
    sim->random ^= sim->random >> 17;
    sim->random ^= sim->random << 5;
    return sim->random;
}

static bool power_goes(struct flash_sim *sim) {
    sim->operations++;
    return sim->countdown != 0 && --sim->countdown == 0;
}

static enum updraft_status read_unit(struct flash_sim *sim, uint32_t unit_start, uint8_t *out) {
    uint32_t size = sim->flash.program_unit;
    memcpy(out, sim->content + unit_start, size);
    if (!sim->unstable[unit_start / size])
        return UPDRAFT_OK;
    uint32_t kind = next_random(sim) % 4;
    for (uint32_t i = 0; i < size; i++) {
        uint8_t mask = kind == 0 ? 0 : kind == 1 ? 0xff : (uint8_t)next_random(sim);
        out[i] = (uint8_t)((out[i] & ~mask) | (sim->other[unit_start + i] & mask));
    }
    return sim->ecc && kind >= 2 ? UPDRAFT_ERROR_READ : UPDRAFT_OK;
}

static enum updraft_status sim_read(void *context, uint32_t address, void *data, uint32_t length) {
    struct flash_sim *sim = context;
    uint32_t size = sim->flash.program_unit;
    uint8_t *to = data;
    uint8_t unit[32];
    for (uint32_t at = address - FLASH_SIM_BASE; length > 0;) {
        uint32_t within = at % size;
        uint32_t part = size - within < length ? size - within : length;
        if (read_unit(sim, at - within, unit) != UPDRAFT_OK)
            return UPDRAFT_ERROR_READ;
        memcpy(to, unit + within, part);
        at += part;
        to += part;
        length -= part;
    }
    return UPDRAFT_OK;
}

static void tear(struct flash_sim *sim, uint32_t unit_start, const uint8_t *wanted) {
    uint32_t size = sim->flash.program_unit;
    for (uint32_t i = 0; i < size; i++)
        sim->other[unit_start + i] = wanted == NULL ? 0xff : (uint8_t)(sim->content[unit_start + i] & wanted[i]);
    sim->unstable[unit_start / size] = true;
}

static bool is_dead(const struct flash_sim *sim, uint32_t address) {
    return sim->dead != 0 &&
           (address - FLASH_SIM_BASE) / sim->region.unit == (sim->dead - FLASH_SIM_BASE) / sim->region.unit;
}

static enum updraft_status sim_erase(void *context, uint32_t address) {
    struct flash_sim *sim = context;
    uint32_t start = address - FLASH_SIM_BASE, size = sim->flash.program_unit;
    bool cut = power_goes(sim);
    if (is_dead(sim, address))
        return UPDRAFT_ERROR_ERASE;
    for (uint32_t at = start; at < start + sim->region.unit; at += size) {
        if (cut) {
            tear(sim, at, NULL);
            continue;
        }
        memset(sim->content + at, 0xff, size);
        sim->unstable[at / size] = false;
        sim->programmed[at / size] = false;
    }
    if (cut)
        longjmp(*sim->power_lost, 1);
    return UPDRAFT_OK;
}

static enum updraft_status program_one(struct flash_sim *sim, uint32_t at, const uint8_t *data) {
    uint32_t size = sim->flash.program_unit;
    bool again = sim->programmed[at / size] || sim->unstable[at / size];
    if (power_goes(sim)) {
        tear(sim, at, data);
        sim->programmed[at / size] = true;
        longjmp(*sim->power_lost, 1);
    }
    if (is_dead(sim, at + FLASH_SIM_BASE))
        return UPDRAFT_ERROR_PROGRAM;
    if (again && sim->ecc && next_random(sim) % 2 == 0)
        return UPDRAFT_ERROR_PROGRAM; // a unit can be programmed once
    if (again)
        tear(sim, at, data);
    for (uint32_t i = 0; i < size; i++)
        sim->content[at + i] &= data[i];
    sim->programmed[at / size] = true;
    return UPDRAFT_OK;
}

static enum updraft_status sim_program(void *context, uint32_t address, const void *data, uint32_t length) {
    struct flash_sim *sim = context;
    enum updraft_status status = UPDRAFT_OK;
    for (uint32_t done = 0; done < length && status == UPDRAFT_OK; done += sim->flash.program_unit)
        status = program_one(sim, address - FLASH_SIM_BASE + done, (const uint8_t *)data + done);
    return status;
}

void flash_sim_open(struct flash_sim *sim, uint32_t erase_unit, uint8_t program_unit, bool ecc) {
    memset(sim, 0, sizeof *sim);
    memset(sim->content, 0xff, sizeof sim->content);
    sim->random = 0x2545f491;
    sim->ecc = ecc;
    sim->region = (struct updraft_flash_region){FLASH_SIM_BASE, erase_unit, FLASH_SIM_SIZE / erase_unit};
    sim->flash = (struct updraft_flash){&sim->region, 1, program_unit, sim, sim_read, sim_erase, sim_program};
}
