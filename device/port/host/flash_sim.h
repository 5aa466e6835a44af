// A flash on a PC that fails as a real one does when power is lost (docs/design: the failure model). For tests.
//
// The power goes at the operation that `countdown` reaches. The unit under way is left unstable: until it is erased,
// each read of it gives the old content, the new content or a mix, or, with ECC, an error; programming it again leaves
// it unstable.
#ifndef UPDRAFT_FLASH_SIM_H
#define UPDRAFT_FLASH_SIM_H

#include <setjmp.h>
#include <stdbool.h>

#include "flash.h"

#define FLASH_SIM_SIZE (256 * 1024)

struct flash_sim {
    struct updraft_flash flash; // first: what the code under test sees
    struct updraft_flash_region region;
    bool ecc;
    uint32_t countdown;  // operations until the power goes; 0: it stays
    uint32_t operations; // programs and erases so far
    uint32_t random;     // state of the generator that the unstable reads use
    uint32_t dead;       // address of an erase unit that refuses every operation; 0: none
    jmp_buf *power_lost;
    uint8_t content[FLASH_SIM_SIZE];
    uint8_t other[FLASH_SIM_SIZE]; // what an unstable unit may give instead
    bool unstable[FLASH_SIM_SIZE / 4];
    bool programmed[FLASH_SIM_SIZE / 4];
};

// All erased. Addresses start at 0x1000 so that 0 is no address of it.
void flash_sim_open(struct flash_sim *sim, uint32_t erase_unit, uint8_t program_unit, bool ecc);
#define FLASH_SIM_BASE 0x1000U

#endif
