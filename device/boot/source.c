#include "source.h"

#include "card.h"
#include "nor.h"

static enum updraft_status read_new(void *context, uint32_t offset, void *data, uint32_t length) {
    const struct boot *boot = context;
    return updraft_area_read(&boot->layout->staging, updraft_layout_staged_offset(boot->layout) + offset, data, length);
}

static enum updraft_status read_kept(void *context, uint32_t offset, void *data, uint32_t length) {
    const struct boot *boot = context;
    return updraft_area_read(&boot->layout->staging, boot_kept_offset(boot) + offset, data, length);
}

uint32_t boot_kept_offset(const struct boot *boot) {
    const struct updraft_state_record *state = &boot->log.state;
    return state->keep_source ? boot->layout->staging.size - state->units_old * boot->layout->swap_unit : 0;
}

enum updraft_status boot_source_open(struct boot *boot, enum updraft_source kind, enum boot_file file,
                                     struct updraft_reader *reader) {
    switch (kind) {
    case UPDRAFT_SOURCE_STAGING:
        *reader = (struct updraft_reader){boot, file == BOOT_UPDATE ? read_new : read_kept, boot->layout->running.size};
        return UPDRAFT_OK;
    case UPDRAFT_SOURCE_CARD: return boot_card_open(boot, file, reader);
    case UPDRAFT_SOURCE_NOR: return boot_nor_open(boot, file, reader);
    default: return UPDRAFT_ERROR_ABSENT;
    }
}
