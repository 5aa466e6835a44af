// What the bootloader promises, held on a simulated flash in the three program units; every power cut is ../proof's.
// The images are signed here with a fresh key, so that nothing about them is fixed.
#include <p256-m.h>
#include <psa/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot.h"
#include "decide.h"
#include "sim_flash.h"
#include "test/keys/keys-with-decryption.h"
#include "updraft_boot_info.h"
#include "updraft_digest.h"

#define STEP 1024U // one that imgtool wrote takes 5 KB, and so steps twice as large
#define HEADER 0x200U

static int failures, promises;
static const char *promise;

#define EXPECT(condition)                                                                                              \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            printf("FAILED %s: %s (line %d)\n", promise, #condition, __LINE__);                                        \
            failures++;                                                                                                \
            if (failures > 20)                                                                                         \
                exit(1);                                                                                               \
        }                                                                                                              \
    } while (0)

static struct sim_flash *sim;
static struct updraft_layout layout;
static struct boot boot;
static jmp_buf started;
static uint8_t private_key[32], point[64], key_hash[32];
static struct boot_key key = {point, key_hash, 0};
static const uint8_t imgtool_point[1][64] = UPDRAFT_PUBLIC_KEYS;
static const uint8_t imgtool_hash[1][32] = UPDRAFT_PUBLIC_KEY_HASHES;
static struct boot_key both_keys[2] = {{imgtool_point[0], imgtool_hash[0], 0}, {point, key_hash, 0}};
static const uint8_t scalar[32] = UPDRAFT_DECRYPTION_KEY;
static bool armed;

// p256-m asks for randomness through PSA.
psa_status_t psa_generate_random(uint8_t *output, size_t size) {
    for (size_t i = 0; i < size; i++)
        output[i] = (uint8_t)rand();
    return PSA_SUCCESS;
}

static void feed(void) {}
static void arm(void) {
    armed = true;
}
static void say(const char *text) {
    if (getenv("VERBOSE"))
        puts(text);
}
static void start(uint32_t vectors) {
    (void)vectors;
    longjmp(started, 1);
}
static void recover(void) {
    longjmp(started, 2);
}

static const struct boot_platform platform = {.layout = &layout,
                                              .keys = &key,
                                              .key_count = 1,
                                              .trial_attempts = 2,
                                              .feed = feed,
                                              .arm_watchdog = arm,
                                              .start = start,
                                              .recover = recover,
                                              .say = say};

static const struct boot_platform *current = &platform;

// Images

struct image {
    uint8_t bytes[6 * STEP];
    uint32_t size;
    uint8_t digest[32];
};

static struct image old_image, new_image, uncounted_image;

static void put(struct image *image, const void *data, uint32_t length) {
    memcpy(image->bytes + image->size, data, length);
    image->size += length;
}

static void put_u16(struct image *image, unsigned value) {
    uint8_t bytes[2] = {(uint8_t)value, (uint8_t)(value >> 8)};
    put(image, bytes, 2);
}

static void put_tlv(struct image *image, unsigned type, const void *data, unsigned length) {
    put_u16(image, type);
    put_u16(image, length);
    put(image, data, length);
}

static void put_integer(uint8_t *der, unsigned *at, const uint8_t *number) {
    unsigned pad = number[0] >> 7;
    der[(*at)++] = 2;
    der[(*at)++] = (uint8_t)(32 + pad);
    if (pad)
        der[(*at)++] = 0;
    memcpy(der + *at, number, 32);
    *at += 32;
}

static void make_image(struct image *image, uint8_t minor, uint32_t payload, const char *board, uint32_t counter) {
    uint8_t raw[64], der[72] = {0x30};
    unsigned at = 2;
    memset(image, 0, sizeof *image);
    uint32_t magic = UPDRAFT_IMAGE_MAGIC, protected_size = 4 + 8 + 4 + (uint32_t)strlen(board);
    memcpy(image->bytes, &magic, 4);
    image->bytes[9] = HEADER >> 8;
    image->bytes[10] = (uint8_t)protected_size;
    memcpy(image->bytes + 12, &payload, 4);
    image->bytes[20] = 1;
    image->bytes[21] = minor;
    image->size = HEADER;
    for (uint32_t i = 0; i < payload; i++)
        image->bytes[image->size++] = (uint8_t)(rand() >> 4);
    put_u16(image, 0x6908);
    put_u16(image, protected_size);
    put_tlv(image, UPDRAFT_TLV_COUNTER, &counter, 4);
    put_tlv(image, UPDRAFT_TLV_BOARD, board, (unsigned)strlen(board));
    struct updraft_digest digest;
    updraft_digest_begin(&digest);
    updraft_digest_add(&digest, image->bytes, image->size);
    updraft_digest_end(&digest, image->digest);
    if (p256_ecdsa_sign(raw, private_key, image->digest, 32) != P256_SUCCESS)
        exit(2);
    put_integer(der, &at, raw);
    put_integer(der, &at, raw + 32);
    der[1] = (uint8_t)(at - 2);
    put_u16(image, 0x6907);
    put_u16(image, 4 + 36 + 36 + 4 + at);
    put_tlv(image, UPDRAFT_TLV_SHA256, image->digest, 32);
    put_tlv(image, UPDRAFT_TLV_KEYHASH, key_hash, 32);
    put_tlv(image, UPDRAFT_TLV_ECDSA, der, at);
}

// The device

static void place(const struct updraft_area *area, uint32_t offset, const struct image *image) {
    uint8_t padded[7 * STEP];
    memset(padded, 0xff, sizeof padded);
    memcpy(padded, image->bytes, image->size);
    EXPECT(updraft_area_erase(area, 0, area->size) == UPDRAFT_OK);
    EXPECT(updraft_area_program(area, offset, padded, (image->size + 31) / 32 * 32) == UPDRAFT_OK);
}

static void new_device(uint8_t unit, bool ecc) {
    static const struct updraft_flash_region region = {0x1000, STEP, 256};
    if (sim != NULL) {
        EXPECT(sim->breach == SIM_NO_BREACH);
        sim_destroy(sim);
    }
    sim = sim_create(&region, 1, unit, ecc);
    layout = (struct updraft_layout){.board = "stm32f407",
                                     .log = {{&sim->flash, 0x1000, 0x1000}, {&sim->flash, 0x2000, 0x1000}},
                                     .running = {&sim->flash, 0x4000, 3 * STEP},
                                     .staging = {&sim->flash, 0x8000, 4 * STEP},
                                     .swap_unit = STEP,
                                     .header_size = HEADER};
    place(&layout.running, 0, &old_image);
}

enum { STARTED = 1, RECOVERING = 2, POWER_LOST = 3 };

static int power_up(enum updraft_reset_cause cause) {
    memset(&boot, 0xa5, sizeof boot); // RAM is not cleared by magic
    boot.reset_cause = cause;
    boot.request = UPDRAFT_REQUEST_NONE;
    boot.checkpoint = 7;
    armed = false;
    if (setjmp(sim->power->gone) != 0)
        return POWER_LOST;
    int how = setjmp(started);
    if (how != 0)
        return how;
    boot_run(&boot, current);
    return RECOVERING;
}

static bool runs(const struct image *image) {
    uint8_t bytes[4 * STEP];
    return updraft_area_read(&layout.running, 0, bytes, image->size) == UPDRAFT_OK &&
           memcmp(bytes, image->bytes, image->size) == 0;
}

static enum updraft_status request(const struct image *image) {
    struct updraft_boot_state log;
    updraft_boot_state_open(&log, &layout);
    enum updraft_status status = updraft_boot_state_claim_staging(&log);
    if (status != UPDRAFT_OK)
        return status;
    place(&layout.staging, STEP, image);
    return updraft_boot_state_request(&log, UPDRAFT_SOURCE_STAGING, image->digest);
}

static struct updraft_boot_state app_log(void) {
    struct updraft_boot_state log;
    updraft_boot_state_open(&log, &layout);
    return log;
}

static void begin(const char *what) {
    promise = what;
    promises++;
}

static enum updraft_status read_staged(void *context, uint32_t offset, void *data, uint32_t length) {
    return updraft_area_read(context, layout.swap_unit + offset, data, length);
}

// Promises

static void fresh_device_starts_what_verifies(uint8_t unit, bool ecc) {
    begin("a fresh device starts the image in its slot if it verifies, and knows it from then on");
    new_device(unit, ecc);
    EXPECT(power_up(UPDRAFT_RESET_POWER) == STARTED);
    EXPECT(app_log().state.phase == UPDRAFT_PHASE_CONFIRMED);
    EXPECT(memcmp(app_log().state.running, old_image.digest, 32) == 0);
    EXPECT(app_log().state.counter == 1);
    int64_t before = sim->power->operations;
    EXPECT(power_up(UPDRAFT_RESET_POWER) == STARTED && sim->power->operations == before);
    sim->memory.bytes[layout.running.address - sim->base + HEADER] ^= 1;
    EXPECT(power_up(UPDRAFT_RESET_POWER) == RECOVERING);
}

static void a_start_verifies_what_it_was_built_to(uint8_t unit, bool ecc) {
    begin("every start verifies the digest, and with UPDRAFT_SIGNED_STARTS the signature");
    new_device(unit, ecc);
    power_up(UPDRAFT_RESET_POWER);
    sim->memory.bytes[layout.running.address - sim->base + old_image.size - 5] ^= 1; // in the signature
    EXPECT(power_up(UPDRAFT_RESET_POWER) == (UPDRAFT_SIGNED_STARTS ? RECOVERING : STARTED));
}

static void update_is_tried_then_confirmed(uint8_t unit, bool ecc) {
    begin("an update is started on trial under the watchdog, and stays when it is confirmed");
    new_device(unit, ecc);
    power_up(UPDRAFT_RESET_POWER);
    EXPECT(request(&new_image) == UPDRAFT_OK);
    EXPECT(power_up(UPDRAFT_RESET_SOFTWARE) == STARTED);
    EXPECT(armed && runs(&new_image));
    struct updraft_boot_state log = app_log();
    EXPECT(log.state.phase == UPDRAFT_PHASE_TRIAL && log.state.attempts == 1);
    EXPECT(updraft_boot_state_confirm(&log) == UPDRAFT_OK);
    EXPECT(power_up(UPDRAFT_RESET_POWER) == STARTED && runs(&new_image) && !armed);
    EXPECT(app_log().state.counter == 2);
    EXPECT(app_log().state.outcome.kind == UPDRAFT_OUTCOME_CONFIRMED);
    sim->memory.bytes[layout.running.address - sim->base + HEADER + 5] ^= 1;
    EXPECT(power_up(UPDRAFT_RESET_POWER) == RECOVERING); // the one before has an older security counter
}

static void unconfirmed_update_goes_back(uint8_t unit, bool ecc, enum updraft_reset_cause cause, uint8_t reason) {
    begin("an update that is not confirmed in the allowed starts goes back, and the report says why");
    new_device(unit, ecc);
    power_up(UPDRAFT_RESET_POWER);
    request(&new_image);
    for (int i = 0; i < platform.trial_attempts; i++)
        EXPECT(power_up(cause) == STARTED && runs(&new_image));
    EXPECT(power_up(cause) == STARTED && runs(&old_image));
    struct updraft_state_record state = app_log().state;
    EXPECT(state.phase == UPDRAFT_PHASE_CONFIRMED && state.counter == 1);
    EXPECT(state.outcome.kind == UPDRAFT_OUTCOME_ROLLED_BACK && state.outcome.reason == reason);
    EXPECT(state.outcome.attempts == 2 && state.outcome.checkpoint == 7);
    EXPECT(memcmp(state.outcome.digest, new_image.digest, 32) == 0);
}

static void bad_image_is_refused(uint8_t unit, bool ecc, const struct image *image, uint8_t reason) {
    begin("an image that may not run here is refused with its reason, and the old one runs on untouched");
    new_device(unit, ecc);
    power_up(UPDRAFT_RESET_POWER);
    request(image);
    EXPECT(power_up(UPDRAFT_RESET_SOFTWARE) == STARTED && runs(&old_image));
    struct updraft_state_record state = app_log().state;
    EXPECT(state.phase == UPDRAFT_PHASE_CONFIRMED);
    EXPECT(state.outcome.kind == UPDRAFT_OUTCOME_REFUSED && state.outcome.reason == reason);
}

static void bad_images_are_refused(uint8_t unit, bool ecc) {
    static struct image image;
    image = new_image;
    image.bytes[HEADER + 9] ^= 4;
    bad_image_is_refused(unit, ecc, &image, UPDRAFT_REASON_DIGEST);
    image = new_image;
    image.bytes[image.size - 5] ^= 4;
    bad_image_is_refused(unit, ecc, &image, UPDRAFT_REASON_SIGNATURE);
    make_image(&image, 2, 1500, "stm32f408", 2);
    bad_image_is_refused(unit, ecc, &image, UPDRAFT_REASON_BOARD);
    make_image(&image, 2, 1500, "stm32f407", 0);
    bad_image_is_refused(unit, ecc, &image, UPDRAFT_REASON_COUNTER);
    make_image(&image, 2, 3 * STEP - HEADER, "stm32f407", 2);
    image.size = 3 * STEP;
    bad_image_is_refused(unit, ecc, &image, UPDRAFT_REASON_MALFORMED);
    key.limit = 5;
    make_image(&image, 2, 1500, "stm32f407", 5);
    bad_image_is_refused(unit, ecc, &image, UPDRAFT_REASON_SIGNATURE);
    key.limit = 0;
}

static void dead_sector_ends_on_the_old_image(uint8_t unit, bool ecc) {
    begin("a sector of staging that refuses leaves the old image running, and the report names the sector");
    for (uint32_t step = 0; step < 2; step++) {
        new_device(unit, ecc);
        power_up(UPDRAFT_RESET_POWER);
        request(&new_image);
        uint32_t dead = layout.staging.address + step * STEP;
        sim_sector_at(sim, dead)->dead = true;
        EXPECT(power_up(UPDRAFT_RESET_SOFTWARE) == STARTED && runs(&old_image));
        struct updraft_state_record state = app_log().state;
        EXPECT(state.outcome.kind == UPDRAFT_OUTCOME_REFUSED && state.outcome.reason == UPDRAFT_REASON_FLASH);
        EXPECT(state.outcome.address == dead);
    }
}

static void what_the_bootloader_can_is_read_from_its_vector_table(uint8_t unit, bool ecc) {
    begin("an application reads from the flash what the bootloader can, and nothing where another word stands");
    const uint32_t table[][2] = {{UPDRAFT_BOOT_INFO_MAGIC | UPDRAFT_BOOT_UNPACKS | UPDRAFT_BOOT_FROM_CARD,
                                  UPDRAFT_BOOT_UNPACKS | UPDRAFT_BOOT_FROM_CARD},
                                 {UPDRAFT_BOOT_INFO_MAGIC | UPDRAFT_BOOT_OPENS, UPDRAFT_BOOT_OPENS},
                                 {0, 0},
                                 {UINT32_MAX, 0},
                                 {0x08000101, 0}};
    new_device(unit, ecc);
    for (unsigned i = 0; i < sizeof table / sizeof table[0]; i++) {
        sim_write(sim, sim->flash.regions[0].address + 4 * UPDRAFT_BOOT_INFO_ENTRY, &table[i][0], 4);
        EXPECT(updraft_boot_info(&sim->flash) == table[i][1]);
    }
}

static void break_area(const struct updraft_area *area) {
    for (uint32_t at = 0; at < area->size; at += sim_sector_at(sim, area->address + at)->size)
        sim_sector_at(sim, area->address + at)->dead = true;
}

static void dead_log_ends_on_the_old_image(uint8_t unit, bool ecc) {
    begin("a log that takes no record any more leaves the old image running, at each start, and the slot untouched");
    for (unsigned full = 0; full < 2; full++) {
        new_device(unit, ecc);
        power_up(UPDRAFT_RESET_POWER);
        request(&new_image);
        struct updraft_boot_state log = app_log();
        if (full) { // only the group that it would turn over to is broken
            while (log.next + 192 <= layout.log[log.group].size)
                EXPECT(updraft_boot_state_append(&log) == UPDRAFT_OK);
        } else {
            break_area(&layout.log[log.group]);
        }
        break_area(&layout.log[!log.group]);
        sim_count_anew(sim);
        for (unsigned boots = 0; boots < 3; boots++)
            EXPECT(power_up(UPDRAFT_RESET_SOFTWARE) == STARTED && runs(&old_image));
        EXPECT(sim_sector_at(sim, layout.running.address)->erases == 0);
    }
}

static void refusing_log_place_is_passed_over(uint8_t unit, bool ecc) {
    begin("a place of the log that a power cut left unusable is passed over, and the update goes on");
    new_device(unit, ecc);
    power_up(UPDRAFT_RESET_POWER);
    request(&new_image);
    sim->equal_reads_right = true; // looks free, and is not
    sim_shake(sim, layout.log[app_log().group].address + app_log().next, 192);
    EXPECT(power_up(UPDRAFT_RESET_SOFTWARE) == STARTED && runs(&new_image));
    EXPECT(boot.log.failed_address == 0 && boot.failed_address == 0);
    EXPECT(app_log().state.phase == UPDRAFT_PHASE_TRIAL);
}

static void decisions(void) {
    begin("the decision follows from the recorded state alone");
    static const enum boot_action expected[] = {BOOT_ADOPT, BOOT_START, BOOT_INSTALL,
                                                BOOT_WALK,  BOOT_TRY,   BOOT_GO_BACK};
    for (int phase = 0; phase < 256; phase++) {
        struct updraft_state_record state = {.phase = (uint8_t)phase, .has_running = 1};
        EXPECT(boot_decide(&state, 3) == (phase < 6 ? expected[phase] : BOOT_RECOVER));
    }
    struct updraft_state_record trial = {.phase = UPDRAFT_PHASE_TRIAL, .has_running = 1, .attempts = 3};
    EXPECT(boot_decide(&trial, 3) == BOOT_REVERT);
    trial.has_running = 0;
    EXPECT(boot_decide(&trial, 3) == BOOT_TRY);
    struct updraft_state_record reverting = {.phase = UPDRAFT_PHASE_REVERTING};
    EXPECT(boot_decide(&reverting, 3) == BOOT_RECOVER);
}

// Reads an image that imgtool signed (vectors/README.md) into the new image; answers its payload's digest as it stands.
static bool load(const char *name, struct image *image) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s.bin", UPDRAFT_VECTORS, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return false;
    memset(image, 0, sizeof *image);
    image->size = (uint32_t)fread(image->bytes, 1, sizeof image->bytes, file);
    fclose(file);
    return image->size > HEADER;
}

static uint32_t imgtool_image_installs(const char *name, uint8_t unit, bool ecc, bool with_key, uint32_t cuts) {
    static struct image image;
    uint8_t bytes[8];
    begin("an image that imgtool signed installs, opened on the way if it is encrypted");
    EXPECT(load(name, &image));
    new_device(unit, ecc);
    layout.running.size = 3 * 2 * STEP;
    layout.staging.size = 4 * 2 * STEP;
    layout.swap_unit = 2 * STEP;
    place(&layout.running, 0, &uncounted_image); // imgtool's carry no security counter
    struct boot_platform imgtool = platform;
    imgtool.keys = both_keys;
    imgtool.key_count = 2;
    imgtool.decryption_key = with_key ? scalar : NULL;
    power_up(UPDRAFT_RESET_POWER); // adopts the old image with its own key
    struct updraft_reader reader = {&layout.staging, read_staged, image.size};
    struct updraft_image opened;
    struct updraft_boot_state log = app_log();
    EXPECT(updraft_boot_state_claim_staging(&log) == UPDRAFT_OK);
    place(&layout.staging, 2 * STEP, &image);
    EXPECT(updraft_image_open(&opened, &reader) == UPDRAFT_OK);
    EXPECT(updraft_image_tlv(&reader, &opened.digest, image.digest, 32) == UPDRAFT_OK);
    EXPECT(updraft_boot_state_request(&log, UPDRAFT_SOURCE_STAGING, image.digest) == UPDRAFT_OK);
    current = &imgtool;
    int64_t before = sim->power->operations;
    sim->power->cut_at = cuts > 0 ? before + cuts - 1 : SIM_NEVER;
    int how = power_up(UPDRAFT_RESET_POWER);
    while (how == POWER_LOST)
        how = power_up(UPDRAFT_RESET_POWER);
    EXPECT(how == STARTED);
    log = app_log();
    EXPECT((log.state.phase == UPDRAFT_PHASE_TRIAL) == with_key);
    if (with_key) {
        // Only the right plaintext has the digest that the bootloader checked before it started.
        EXPECT(memcmp(log.state.pending, image.digest, 32) == 0);
        EXPECT(updraft_area_read(&layout.running, HEADER, bytes, 8) == UPDRAFT_OK);
        EXPECT((memcmp(bytes, image.bytes + HEADER, 8) == 0) == (opened.encryption.offset == 0));
    } else {
        EXPECT(log.state.outcome.reason == UPDRAFT_REASON_SIGNATURE && runs(&uncounted_image));
    }
    current = &platform;
    return (uint32_t)(sim->power->operations - before);
}

static void imgtool_images_install(uint8_t unit, bool ecc) {
    imgtool_image_installs("p256", unit, ecc, true, 0);
    imgtool_image_installs("p256-fullkey", unit, ecc, true, 0);
    imgtool_image_installs("p256-enc-ec256-aes256", unit, ecc, true, 0);
    imgtool_image_installs("p256-enc-ec256-aes128", unit, ecc, false, 0);
    uint32_t total = imgtool_image_installs("p256-enc-ec256-aes128", unit, ecc, true, 0);
    for (uint32_t cut = 1; cut < total; cut += 97)
        imgtool_image_installs("p256-enc-ec256-aes128", unit, ecc, true, cut);
}

int main(void) {
    static const struct {
        uint8_t unit;
        bool ecc;
    } geometries[] = {{4, false}, {8, true}, {32, true}};
    srand(20);
    p256_gen_keypair(private_key, point);
    memset(key_hash, 0x5a, sizeof key_hash);
    make_image(&old_image, 0, 2 * STEP, "stm32f407", 1);
    make_image(&uncounted_image, 0, 2 * STEP, "stm32f407", 0);
    make_image(&new_image, 1, 1500, "stm32f407", 2);
    decisions();
    for (unsigned i = 0; i < sizeof geometries / sizeof geometries[0]; i++) {
        uint8_t unit = geometries[i].unit;
        bool ecc = geometries[i].ecc;
        fresh_device_starts_what_verifies(unit, ecc);
        a_start_verifies_what_it_was_built_to(unit, ecc);
        update_is_tried_then_confirmed(unit, ecc);
        unconfirmed_update_goes_back(unit, ecc, UPDRAFT_RESET_POWER, UPDRAFT_REASON_NOT_CONFIRMED);
        unconfirmed_update_goes_back(unit, ecc, UPDRAFT_RESET_WATCHDOG, UPDRAFT_REASON_WATCHDOG);
        bad_images_are_refused(unit, ecc);
        dead_sector_ends_on_the_old_image(unit, ecc);
        what_the_bootloader_can_is_read_from_its_vector_table(unit, ecc);
        dead_log_ends_on_the_old_image(unit, ecc);
        refusing_log_place_is_passed_over(unit, ecc);
        imgtool_images_install(unit, ecc);
    }
    sim_destroy(sim);
    printf("bootloader: %d promises\n", promises);
    printf("%d passed, %d failed\n", promises - (failures > 0), failures > 0);
    return failures > 0;
}
