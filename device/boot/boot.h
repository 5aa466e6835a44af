// The bootloader: decides from the boot state, verifies, installs, starts. Nothing here knows a chip; the port fills
// in struct boot_platform and calls boot_run.
#ifndef UPDRAFT_BOOT_H
#define UPDRAFT_BOOT_H

#include "check.h"
#include "decide.h"
#include "decrypt.h"
#include "media/fat.h"
#include "media/sd_spi.h"
#include "media/spi_nor.h"
#include "unpack.h"
#include "updraft_boot_state.h"
#include "updraft_image.h"
#include "updraft_request.h"

#define BOOT_HAS_MEDIA (UPDRAFT_CARD || UPDRAFT_NOR)

#define BOOT_COPY_BUFFER 1024 // bytes: the one large buffer
#define BOOT_PIECE                                                                                                     \
    512 // its first half: what is copied or summed up at once; a multiple of every program unit
        // and a sector of a card, whose file system has the other half

// A key that may sign images, and until when.
struct boot_key {
    const uint8_t *point; // X || Y, 64 bytes
    const uint8_t *hash;  // SHA-256 of its SubjectPublicKeyInfo, 32 bytes
    uint32_t limit;       // signs only images whose security counter is below this; 0: any. So a counter revokes it.
};

// Not inlined, so that its variables take no stack while something else runs beside it.
#define BOOT_OWN_FRAME __attribute__((noinline))

struct boot_platform {
    const struct updraft_layout *layout;
    const struct boot_key *keys;
    uint8_t key_count;
    uint8_t trial_attempts;        // starts on trial before the old image comes back, 1 to 255
    const uint8_t *decryption_key; // P-256 scalar, 32 bytes; NULL: encrypted images are refused
    bool application_feeds;        // the watchdog, always: it then runs from the first instruction on
    void (*feed)(void);            // the watchdog, if it runs
    void (*arm_watchdog)(void);    // must outlast the longest erase, of application and bootloader
    // May an image with these first two words of its vector table start, whose code of `size` bytes stands at `code`?
    bool (*can_start)(uint32_t stack, uint32_t entry, uint32_t code, uint32_t size);
    void (*start)(uint32_t vector_table, uint32_t stack, uint32_t entry); // jumps to the application; does not return
    // Resets, so that the watchdog is off, and has the confirmed image started then at once (UPDRAFT_REQUEST_START).
    // Returns where the request cannot be left behind. NULL: there is no such way.
    void (*start_unwatched)(void);
    // Nothing can be started, or the application asked for it: boot_recover, or what a product does instead. Returns
    // after a bounded time, or when there is something to decide again.
    void (*recover)(void);
    void (*say)(const char *text); // one console line, without its end
    void (*reset)(void);
    // For recovery.
    int (*console_get)(void); // one byte that came in, or -1
    void (*console_put)(uint8_t byte);
    bool (*ticked)(void);               // true once for each tenth of a second that went by; NULL: time stands still
    const struct updraft_spi_bus *card; // where an SD card may be; NULL: nowhere
    const struct updraft_spi_bus *nor;  // where an external SPI NOR flash is; NULL: nowhere
};

// The file that is open on an SD card.
struct boot_card {
    struct updraft_sd_card card;
    struct updraft_fat_volume volume;
    struct updraft_fat_file file;
};

// The file that is open on an external flash.
struct boot_nor {
    struct updraft_spi_nor flash;
    uint32_t begin;
};

// One file outside the chip is open at a time.
union boot_medium {
    uint8_t none;
#if UPDRAFT_CARD
    struct boot_card card;
#endif
#if UPDRAFT_NOR
    struct boot_nor nor;
#endif
};

enum boot_place {
    BOOT_NOWHERE,
    BOOT_IN_SLOT,
    BOOT_IN_UPDATE,   // the pending image, where it waits
    BOOT_IN_FALLBACK, // the image to go back to
    BOOT_IN_STAGING,  // whatever stands in staging as a new image
};

// What installing the pending image takes, as found when it was verified.
struct boot_plan {
    uint16_t units_new, units_old; // units_old is 0: nothing to go back to
    uint32_t equal;                // units that the slot holds already, a bit each
    uint8_t fallback;              // enum updraft_source: where the old image is kept
    bool keeps_copy;               // the agent has put it there
    bool keeps_source;             // the new image is copied and not moved
};

// What is small stands first: it is reached by the shorter instructions.
struct boot {
    const struct boot_platform *platform;
    const struct updraft_layout *layout;
    struct boot_findings findings;
    uint8_t image_is;   // enum boot_place that what was read last stands in
    uint8_t tries_back; // times that the fallback was copied back
    bool proven_back;   // in this boot, and every unit of it was read back
    bool watched;       // the watchdog was armed
    bool taken;         // recovery found an image outside the chip when it looked last
    bool unrecorded;    // the state differs from what is on the flash
    enum updraft_reset_cause reset_cause;
    enum updraft_request request;
    uint32_t checkpoint; // what the application left in its backup register
    struct boot_plan plan;
    enum updraft_status stopped; // why the swap did, or the pending image is refused
    uint32_t failed_address;     // of the unit that the flash refused
    struct updraft_version slot_version;
    uint32_t slot_size; // bytes of the image in the slot
    struct updraft_boot_state log;
    struct boot_image image;   // what was read last
    struct boot_cipher cipher; // of the view that is open
    struct boot_unpack unpack; // of the view that is open
    union boot_medium medium;
    uint8_t buffer[BOOT_COPY_BUFFER] __attribute__((aligned(8)));
};

// Does what the boot state says until an image starts. Returns only if platform->start does (on a PC).
void boot_run(struct boot *boot, const struct boot_platform *platform);

#endif
