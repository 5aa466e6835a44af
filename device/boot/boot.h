// The bootloader: decides from the boot state, verifies, installs, starts. Nothing here knows a chip; the port fills
// in struct boot_platform and calls boot_run.
#ifndef UPDRAFT_BOOT_H
#define UPDRAFT_BOOT_H

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
    uint8_t trial_attempts;          // starts on trial before the old image comes back, 1 to 255
    const uint8_t *decryption_key;   // P-256 scalar, 32 bytes; NULL: encrypted images are refused
    void (*feed)(void);              // the watchdog, if it runs
    void (*arm_watchdog)(void);      // before a start on trial; must outlast the application's longest erase
    void (*start)(uint32_t vectors); // jumps to the application; does not return
    // Nothing can be started, or the application asked for it: boot_recover, or what a product does instead. Does not
    // return unless there is something to decide again.
    void (*recover)(void);
    void (*say)(const char *text); // one console line, without its end
    // For recovery.
    int (*console_get)(void); // one byte that came in, or -1
    void (*console_put)(uint8_t byte);
    void (*reset)(void);
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

struct boot {
    const struct boot_platform *platform;
    const struct updraft_layout *layout;
    enum updraft_reset_cause reset_cause;
    enum updraft_request request;
    uint32_t checkpoint; // what the application left in its backup register
    struct updraft_boot_state log;
    struct boot_cipher cipher; // of the view that is open
    struct boot_unpack unpack; // of the view that is open
    union boot_medium medium;
    uint32_t failed_address; // of the step that the flash refused
    bool card_tried;         // for recovery, since power-up
    uint8_t buffer[BOOT_COPY_BUFFER] __attribute__((aligned(8)));
};

// Does what the log says until an image starts. Returns only if platform->start does (on a PC).
void boot_run(struct boot *boot, const struct boot_platform *platform);

#endif
