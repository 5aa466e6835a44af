// Flash as it fails: DESIGN.md's failure model, behind the port's contract (core/updraft_flash.h).
//
// Power can go at any erase and at any program unit. The unit under way is then unstable: until its sector is erased
// each read of it gives the old bytes, the new ones, a mix, or (with ECC) an error; it may read as erased and still
// refuse to be programmed; and programming that it does accept leaves it unstable. An interrupted erase leaves the
// whole sector so.
#ifndef UPDRAFT_SIM_FLASH_H
#define UPDRAFT_SIM_FLASH_H

#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>

#include "updraft_flash.h"

enum { SIM_SECTORS = 520, SIM_NEVER = -1 };

// What has become of one program unit.
enum sim_unit { SIM_ERASED = 0, SIM_PROGRAMMED = 1, SIM_UNSTABLE = 2 };

// A rule of the flash that the code broke; the proof fails on the first one.
enum sim_breach {
    SIM_NO_BREACH,
    SIM_PROGRAMMED_TWICE, // a stable unit programmed again without an erase
    SIM_MISALIGNED,
    SIM_OUTSIDE,   // no such address
    SIM_PROTECTED, // erase or program where it must never happen
};

// How unstable units answer. A boot has one for all, or each unit another at each read.
enum sim_mood { SIM_OLD, SIM_NEW, SIM_MIX, SIM_ERROR, SIM_MOODS, SIM_FICKLE = SIM_MOODS };

struct sim_sector {
    uint32_t address, size;
    uint32_t erases, programs; // erases that ended; units programmed; since sim_count_anew
    bool dead;                 // erase and program fail
    bool protected;            // bootloader, settings
};

// Everything that a power cut keeps; copied to go back to a point in time.
struct sim_memory {
    uint8_t *bytes;    // what a stable unit holds; what an unstable one was to hold
    uint8_t *before;   // what an unstable unit held
    uint8_t *units;    // enum sim_unit, room for units of 4 bytes
    uint32_t size;     // bytes
    uint32_t unstable; // how many
};

// The power of one board, which all its memories have in common.
struct sim_power {
    int64_t operations; // program units and erases since sim_power_up
    int64_t cut_at;     // the operation at which power goes, SIM_NEVER
    bool cut_clean;     // power goes just before the operation instead of in it
    jmp_buf gone;       // where it goes to
};

struct sim_flash {
    struct updraft_flash flash; // hand this to the code under test
    uint32_t base;
    bool ecc;
    struct sim_sector sectors[SIM_SECTORS];
    uint32_t sector_count;
    struct sim_memory memory;
    uint64_t random;
    enum sim_mood mood;
    struct sim_power own_power, *power; // own_power unless the board has more memories
    bool equal_reads_right; // an unstable unit whose old and new content are equal never shows that it is unstable
    uint32_t stuck_address; // a unit that stays erased and says it was programmed, 0: none
    enum sim_breach breach;
    uint32_t breach_address;
};

// Erased flash of these regions; regions must stay. Free with sim_destroy.
struct sim_flash *sim_create(const struct updraft_flash_region *regions, uint8_t count, uint8_t unit, bool ecc);
void sim_destroy(struct sim_flash *sim);

// Marks what erase and program must never touch.
void sim_protect(struct sim_flash *sim, uint32_t address, uint32_t size);
struct sim_sector *sim_sector_at(struct sim_flash *sim, uint32_t address);

// Starts counting anew. seed drives every choice of this power-up; mood SIM_FICKLE draws anew for each unit at each
// read.
void sim_power_up(struct sim_flash *sim, uint64_t seed, enum sim_mood mood, int64_t cut_at, bool cut_clean);

struct sim_memory sim_memory_copy(const struct sim_memory *memory);
void sim_memory_restore(struct sim_memory *to, const struct sim_memory *from);
void sim_memory_free(struct sim_memory *memory);

// As a programmer does it in the factory: no operation is counted.
void sim_write(struct sim_flash *sim, uint32_t address, const void *data, uint32_t length);
// As a card does it: the units of [address, address + length) hold the new data, or after a power cut, all of them
// unstable, the old or the new.
enum updraft_status sim_overwrite(struct sim_flash *sim, uint32_t address, const void *data, uint32_t length);
// What stands there is left as an operation leaves it that power cut at its very end: it holds what it was to hold, and
// is unstable.
void sim_shake(struct sim_flash *sim, uint32_t address, uint32_t length);
// Forgets the erases and programs of all sectors.
void sim_count_anew(struct sim_flash *sim);
// For the referee: false where a unit in the range is unstable.
bool sim_peek(const struct sim_flash *sim, uint32_t address, void *data, uint32_t length);

uint64_t sim_random(uint64_t *state);
const char *sim_breach_name(enum sim_breach breach);

#endif
