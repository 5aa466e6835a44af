// A device on this PC for the tests of the bootloader: a simulated flash, an external flash, images that are signed
// here with a fresh key, so that nothing about them is fixed.
#ifndef UPDRAFT_TEST_DEVICE_H
#define UPDRAFT_TEST_DEVICE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot.h"
#include "sim_flash.h"

#define UNIT 1024U // a swap unit
#define HEADER 0x200U
#define BOARD "stm32f407"

extern int failures, promises;
extern const char *promise;

#define EXPECT(condition)                                                                                              \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            printf("FAILED %s: %s (%s, line %d)\n", promise, #condition, __FILE__, __LINE__);                          \
            failures++;                                                                                                \
            if (failures > 20)                                                                                         \
                exit(1);                                                                                               \
        }                                                                                                              \
    } while (0)

// What is promised next.
void begin(const char *what);

struct image {
    uint8_t bytes[7 * UNIT];
    uint32_t size;
    uint8_t digest[32];
};

struct image_plan {
    const char *board;
    const uint8_t *dependency; // 12 bytes; NULL: none
    uint32_t payload, counter;
    uint8_t minor;
    bool short_r;      // a signature whose r begins with zeros
    bool wild_vectors; // that no chip could start
};
void make_image(struct image *image, const struct image_plan *plan);
// Signs what stands in the image anew: its digest and everything behind.
void sign_image(struct image *image, bool short_r);

// Version 1.0.0 with counter 1 in two units, 1.1.0 with counter 2, and 1.0.0 with counter 0.
extern struct image old_image, new_image, uncounted_image;
extern uint8_t image_private_key[32], image_point[64], image_key_hash[32];
extern struct boot_key image_key;

extern struct sim_flash *sim;
extern struct updraft_layout layout;
extern struct boot boot;
extern struct boot_platform platform; // restored by new_device
extern bool armed;                    // the watchdog runs under what was started
extern uint32_t started_at[3];        // vector table, stack, entry

void make_images(void);
// A chip fresh from the programmer with the old image in its slot, and an empty external flash beside it.
void new_device(uint8_t unit, bool ecc);
void end_devices(void);

enum { STARTED = 1, RECOVERING, POWER_LOST, RESET, RESTARTED };

// One power-up, or what follows a reset; a reset that the bootloader makes to turn the watchdog off is gone through.
int power_up(enum updraft_reset_cause cause);
int power_up_with(enum updraft_reset_cause cause, enum updraft_request request);

bool runs(const struct image *image);
void place(const struct updraft_area *area, uint32_t offset, const struct image *image);
void put_nor(bool as_fallback, const struct image *image);
// What the application does: puts the image into staging or the external flash and requests it.
enum updraft_status request(const struct image *image);
// With a copy of the old image beside it.
enum updraft_status request_from_nor(const struct image *image, bool with_copy);
struct updraft_boot_state app_state(void);
void break_area(const struct updraft_area *area);

#endif
