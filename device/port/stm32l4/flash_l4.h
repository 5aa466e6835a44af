// Flash driver of the STM32L476: units of 8 bytes with ECC. The NMI that an uncorrectable unit raises is taken here,
// and the read that met it is an error.
#ifndef UPDRAFT_FLASH_L4_H
#define UPDRAFT_FLASH_L4_H

#include <stdint.h>

#include "status.h"

// As struct updraft_flash (core/flash.h) wants them; context is not used.
enum updraft_status flash_l4_read(void *context, uint32_t address, void *data, uint32_t length);
enum updraft_status flash_l4_erase(void *context, uint32_t address);
enum updraft_status flash_l4_program(void *context, uint32_t address, const void *data, uint32_t length);

#endif
