#include "compare.h"

#include <string.h>

static enum updraft_status read_and_compare(void *context, uint32_t offset, void *data, uint32_t length) {
    struct boot_compare *compare = context;
    uint8_t *there = compare->there; // not on the stack: see check.c
    enum updraft_status status = compare->image.read(compare->image.context, offset, data, length);
    for (uint32_t done = 0; done < length && status == UPDRAFT_OK;) {
        uint32_t at = offset + done, part = compare->unit - at % compare->unit;
        part = part < BOOT_SEEN ? part : BOOT_SEEN;
        part = part < length - done ? part : length - done;
        if (updraft_area_read(compare->running, at, there, part) != UPDRAFT_OK ||
            memcmp(there, (const uint8_t *)data + done, part) != 0)
            compare->differs |= 1U << (at / compare->unit & (UPDRAFT_UNITS_MOST - 1));
        done += part;
    }
    return status;
}

struct updraft_reader boot_compare_reader(struct boot_compare *compare, struct boot *boot,
                                          const struct updraft_reader *image) {
    *compare = (struct boot_compare){*image, &boot->layout->running, boot->image.seen, boot->layout->swap_unit, 0};
    return (struct updraft_reader){compare, read_and_compare, image->size};
}

uint32_t boot_compare_equal(const struct boot_compare *compare, uint32_t read_to, uint16_t units_old) {
    uint32_t units = read_to / compare->unit;
    if (units > units_old)
        units = units_old;
    return units >= UPDRAFT_UNITS_MOST ? ~compare->differs : ~compare->differs & ((1U << units) - 1);
}
