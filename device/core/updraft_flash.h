// A flash memory as the rest sees it: geometry and callbacks in a config struct that the port fills in, constant.
//
// What a port promises (docs/guide/port-a-chip.md): read never faults, an uncorrectable error is UPDRAFT_ERROR_READ;
// erase and program return when the memory is idle again, clear sticky error flags first, feed the watchdog while they
// wait. What it need not promise: that an operation cut by a power loss left anything in particular behind.
#ifndef UPDRAFT_FLASH_H
#define UPDRAFT_FLASH_H

#include <stdbool.h>
#include <stdint.h>

#include "updraft_status.h"

// `count` neighbouring erase units of `unit` bytes each.
struct updraft_flash_region {
    uint32_t address;
    uint32_t unit;
    uint32_t count;
};

struct updraft_flash {
    const struct updraft_flash_region *regions; // ascending
    uint8_t region_count;
    uint8_t program_unit; // bytes, a power of two, 4 to 32; programmed once after each erase
    void *context;
    enum updraft_status (*read)(void *context, uint32_t address, void *data, uint32_t length);
    enum updraft_status (*erase)(void *context, uint32_t address); // the unit that starts at address
    // address and length are multiples of program_unit; data need not be aligned.
    enum updraft_status (*program)(void *context, uint32_t address, const void *data, uint32_t length);
};

// A part of a flash, whole erase units.
struct updraft_area {
    const struct updraft_flash *flash;
    uint32_t address;
    uint32_t size; // bytes
};

// Size of the erase unit that starts at address, 0 where none does.
uint32_t updraft_flash_unit(const struct updraft_flash *flash, uint32_t address);

// Offsets count from the start of the area; all are checked against its size.
enum updraft_status updraft_area_read(const struct updraft_area *area, uint32_t offset, void *data, uint32_t length);
// Every erase unit from offset to offset + length; UPDRAFT_ERROR_RANGE unless both are edges of units.
enum updraft_status updraft_area_erase(const struct updraft_area *area, uint32_t offset, uint32_t length);
// Programs and reads back. length is a multiple of the program unit. Program units that are all 0xFF are left erased.
enum updraft_status updraft_area_program(const struct updraft_area *area, uint32_t offset, const void *data,
                                         uint32_t length);

#endif
