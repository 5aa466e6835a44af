#include "updraft_staging.h"

#include <string.h>

bool updraft_staging_store(const struct updraft_staging *staging, uint32_t offset, uint8_t *data, uint32_t length) {
    uint32_t padded = (length + staging->unit - 1) / staging->unit * staging->unit;
    memset(data + length, 0xFF, padded - length);
    for (uint32_t done = 0; done < padded;) {
        // A piece ends where a block ends, because the next block is still to be erased.
        uint32_t at = offset + done, start, block;
        if (!staging->block(staging->context, at, &start, &block)) {
            return false;
        }
        uint32_t piece = padded - done < start + block - at ? padded - done : start + block - at;
        if ((at == start && !staging->erase(staging->context, start, block)) ||
            !staging->write(staging->context, at, data + done, piece)) {
            return false;
        }
        done += piece;
    }
    return true;
}

static const struct updraft_layout *layout_of(void *context) {
    return context;
}

static bool slot_block(void *context, uint32_t offset, uint32_t *start, uint32_t *length) {
    const struct updraft_layout *layout = layout_of(context);
    const struct updraft_flash *flash = layout->staging.flash;
    uint32_t base = layout->staging.address + updraft_layout_staged_offset(layout);
    for (uint8_t i = 0; i < flash->region_count; i++) {
        const struct updraft_flash_region *region = &flash->regions[i];
        uint32_t inside = base + offset - region->address;
        if (base + offset >= region->address && inside / region->unit < region->count) {
            *start = region->address + inside / region->unit * region->unit - base;
            *length = region->unit;
            return true;
        }
    }
    return false;
}

static bool slot_erase(void *context, uint32_t offset, uint32_t length) {
    const struct updraft_layout *layout = layout_of(context);
    return updraft_area_erase(&layout->staging, updraft_layout_staged_offset(layout) + offset, length) == UPDRAFT_OK;
}

static bool slot_write(void *context, uint32_t offset, const uint8_t *data, uint32_t length) {
    const struct updraft_layout *layout = layout_of(context);
    return updraft_area_program(&layout->staging, updraft_layout_staged_offset(layout) + offset, data, length) ==
           UPDRAFT_OK;
}

static bool slot_read(void *context, uint32_t offset, uint8_t *data, uint32_t length) {
    const struct updraft_layout *layout = layout_of(context);
    return updraft_area_read(&layout->staging, updraft_layout_staged_offset(layout) + offset, data, length) ==
           UPDRAFT_OK;
}

static bool copy(const struct updraft_area *area, uint32_t from, uint32_t to, uint32_t length) {
    uint8_t bytes[128]; // a multiple of every program unit
    for (uint32_t done = 0; done < length; done += sizeof bytes) {
        uint32_t piece = length - done < sizeof bytes ? length - done : sizeof bytes;
        if (updraft_area_read(area, from + done, bytes, piece) != UPDRAFT_OK ||
            updraft_area_program(area, to + done, bytes, piece) != UPDRAFT_OK) {
            return false;
        }
    }
    return true;
}

// The slot's first step stays free for the swap; until one is asked for, it is the spare block.
static bool slot_keep(void *context, uint32_t start, uint32_t length) {
    const struct updraft_layout *layout = layout_of(context);
    return length <= layout->swap_unit && updraft_area_erase(&layout->staging, 0, layout->swap_unit) == UPDRAFT_OK &&
           copy(&layout->staging, updraft_layout_staged_offset(layout) + start, 0, length);
}

static bool slot_put_back(void *context, uint32_t start, uint32_t length) {
    const struct updraft_layout *layout = layout_of(context);
    uint32_t block_start, block;
    return slot_block(context, start, &block_start, &block) && slot_erase(context, block_start, block) &&
           copy(&layout->staging, 0, updraft_layout_staged_offset(layout) + start, length);
}

struct updraft_staging updraft_staging_slot(const struct updraft_layout *layout) {
    uint32_t room = layout->staging.size - updraft_layout_staged_offset(layout);
    return (struct updraft_staging){.context = (void *)(uintptr_t)layout,
                                    .source = UPDRAFT_SOURCE_STAGING,
                                    .size = room < layout->running.size ? room : layout->running.size,
                                    .unit = layout->staging.flash->program_unit,
                                    .block = slot_block,
                                    .erase = slot_erase,
                                    .write = slot_write,
                                    .read = slot_read,
                                    .keep = slot_keep,
                                    .put_back = slot_put_back};
}
