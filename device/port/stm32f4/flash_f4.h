// Flash driver of the STM32F405/407: words of 32 bits at 2.7 to 3.6 V, no ECC, reads never fault.
#ifndef UPDRAFT_FLASH_F4_H
#define UPDRAFT_FLASH_F4_H

#include <stdint.h>

#include "status.h"

// As struct updraft_flash (core/flash.h) wants them; context is not used.
enum updraft_status flash_f4_read(void *context, uint32_t address, void *data, uint32_t length);
enum updraft_status flash_f4_erase(void *context, uint32_t address);
enum updraft_status flash_f4_program(void *context, uint32_t address, const void *data, uint32_t length);

#endif
