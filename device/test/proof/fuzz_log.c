// Any bytes in the log's two groups, with any units unstable: it replays, and what is appended on top stands
// afterwards.
#include <string.h>

#include "sim_flash.h"
#include "updraft_boot_state.h"

enum { GROUP = 2048 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const struct updraft_flash_region regions[] = {{0x08000000, GROUP, 2}};
    if (size < 2)
        return 0;
    struct sim_flash *sim = sim_create(regions, 1, data[0] % 2 == 0 ? 4 : 8, data[0] % 2 == 1);
    struct updraft_layout layout = {
        .log = {{&sim->flash, 0x08000000, GROUP}, {&sim->flash, 0x08000000 + GROUP, GROUP}}};
    size_t length = size - 2 > 2 * GROUP ? 2 * GROUP : size - 2;
    sim_write(sim, 0x08000000, data + 2, (uint32_t)length);
    sim_power_up(sim, data[1], SIM_FICKLE, SIM_NEVER, false);
    struct updraft_boot_state log;
    (void)updraft_boot_state_open(&log, &layout);
    for (uint32_t i = 1; i <= 3; i++) {
        log.state.counter = i;
        if (updraft_boot_state_append(&log) == UPDRAFT_OK) {
            struct updraft_boot_state again;
            (void)updraft_boot_state_open(&again, &layout);
            // Only a record with the last sequence number of all could stand before ours.
            if (again.state.counter != i && log.sequence != 0)
                __builtin_trap();
        }
    }
    sim_destroy(sim);
    return 0;
}
