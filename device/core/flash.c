#include "updraft_flash.h"

#include <string.h>

uint32_t updraft_flash_unit(const struct updraft_flash *flash, uint32_t address) {
    for (uint8_t i = 0; i < flash->region_count; i++) {
        const struct updraft_flash_region *region = &flash->regions[i];
        uint32_t offset = address - region->address;
        if (address >= region->address && offset / region->unit < region->count)
            return offset % region->unit == 0 ? region->unit : 0;
    }
    return 0;
}

static enum updraft_status inside(const struct updraft_area *area, uint32_t offset, uint32_t length) {
    return offset <= area->size && length <= area->size - offset ? UPDRAFT_OK : UPDRAFT_ERROR_RANGE;
}

enum updraft_status updraft_area_read(const struct updraft_area *area, uint32_t offset, void *data, uint32_t length) {
    if (inside(area, offset, length) != UPDRAFT_OK)
        return UPDRAFT_ERROR_RANGE;
    return area->flash->read(area->flash->context, area->address + offset, data, length);
}

enum updraft_status updraft_area_erase(const struct updraft_area *area, uint32_t offset, uint32_t length) {
    if (inside(area, offset, length) != UPDRAFT_OK)
        return UPDRAFT_ERROR_RANGE;
    while (length > 0) {
        uint32_t unit = updraft_flash_unit(area->flash, area->address + offset);
        if (unit == 0 || unit > length)
            return UPDRAFT_ERROR_RANGE;
        enum updraft_status status = area->flash->erase(area->flash->context, area->address + offset);
        if (status != UPDRAFT_OK)
            return status;
        offset += unit;
        length -= unit;
    }
    return UPDRAFT_OK;
}

static bool all_erased(const uint8_t *data, uint32_t length) {
    for (uint32_t i = 0; i < length; i++)
        if (data[i] != 0xFF)
            return false;
    return true;
}

static enum updraft_status program_unit(const struct updraft_area *area, uint32_t offset, const uint8_t *data,
                                        uint32_t unit) {
    const struct updraft_flash *flash = area->flash;
    uint8_t back[32];
    if (!all_erased(data, unit)) {
        enum updraft_status status = flash->program(flash->context, area->address + offset, data, unit);
        if (status != UPDRAFT_OK)
            return status;
    }
    if (flash->read(flash->context, area->address + offset, back, unit) != UPDRAFT_OK || memcmp(back, data, unit) != 0)
        return UPDRAFT_ERROR_PROGRAM;
    return UPDRAFT_OK;
}

enum updraft_status updraft_area_program(const struct updraft_area *area, uint32_t offset, const void *data,
                                         uint32_t length) {
    uint32_t unit = area->flash->program_unit;
    if (inside(area, offset, length) != UPDRAFT_OK || offset % unit != 0 || length % unit != 0)
        return UPDRAFT_ERROR_RANGE;
    for (uint32_t done = 0; done < length; done += unit) {
        enum updraft_status status = program_unit(area, offset + done, (const uint8_t *)data + done, unit);
        if (status != UPDRAFT_OK)
            return status;
    }
    return UPDRAFT_OK;
}
