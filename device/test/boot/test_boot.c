// What the bootloader promises, held on a simulated flash in the three program units; faults are test_faults.c's, every
// power cut ../proof's.
#include "decide.h"
#include "device.h"
#include "test/keys/keys-with-decryption.h"
#include "updraft_boot_info.h"
#include "upload.h"

static const uint8_t imgtool_point[1][64] = UPDRAFT_PUBLIC_KEYS;
static const uint8_t imgtool_hash[1][32] = UPDRAFT_PUBLIC_KEY_HASHES;
static struct boot_key both_keys[2] = {{imgtool_point[0], imgtool_hash[0], 0}, {image_point, image_key_hash, 0}};
static const uint8_t scalar[32] = UPDRAFT_DECRYPTION_KEY;

static enum updraft_status read_staged(void *context, uint32_t offset, void *data, uint32_t length) {
    return updraft_area_read(context, layout.swap_unit + offset, data, length);
}

static bool can_start_anything(uint32_t stack, uint32_t entry, uint32_t code, uint32_t size) {
    return stack != entry && code < code + size;
}

// Promises

static void fresh_device_starts_what_verifies(uint8_t unit, bool ecc) {
    begin("a fresh device starts the image in its slot if it verifies, and knows it from then on");
    new_device(unit, ecc);
    EXPECT(power_up(UPDRAFT_RESET_POWER) == STARTED);
    EXPECT(app_state().state.phase == UPDRAFT_PHASE_CONFIRMED);
    EXPECT(memcmp(app_state().state.running, old_image.digest, 32) == 0);
    EXPECT(app_state().state.counter == 1);
    int64_t before = sim->power->operations;
    EXPECT(power_up(UPDRAFT_RESET_POWER) == STARTED && sim->power->operations == before);
    sim->memory.bytes[layout.running.address - sim->base + HEADER] ^= 1;
    EXPECT(power_up(UPDRAFT_RESET_POWER) == RECOVERING);
}

static void a_start_verifies_digest_and_signature(uint8_t unit, bool ecc) {
    begin("every start verifies the digest and the signature");
    new_device(unit, ecc);
    power_up(UPDRAFT_RESET_POWER);
    uint8_t *slot = sim->memory.bytes + (layout.running.address - sim->base);
    slot[old_image.size - 5] ^= 1; // in the signature
    EXPECT(power_up(UPDRAFT_RESET_POWER) == RECOVERING);
    slot[old_image.size - 5] ^= 1;
    EXPECT(power_up(UPDRAFT_RESET_POWER) == STARTED);
    EXPECT(started_at[0] == layout.running.address + HEADER && started_at[2] == started_at[0] + 9);
    slot[HEADER + 100] ^= 1;
    EXPECT(power_up(UPDRAFT_RESET_POWER) == RECOVERING);
}

static void update_is_tried_then_confirmed(uint8_t unit, bool ecc) {
    begin("an update is started on trial under the watchdog, and stays when it is confirmed");
    new_device(unit, ecc);
    power_up(UPDRAFT_RESET_POWER);
    EXPECT(request(&new_image) == UPDRAFT_OK);
    EXPECT(power_up(UPDRAFT_RESET_SOFTWARE) == STARTED);
    EXPECT(armed && runs(&new_image));
    struct updraft_boot_state log = app_state();
    EXPECT(log.state.phase == UPDRAFT_PHASE_TRIAL && log.state.attempts == 1);
    EXPECT(updraft_boot_state_confirm(&log) == UPDRAFT_OK);
    EXPECT(power_up(UPDRAFT_RESET_POWER) == STARTED && runs(&new_image) && !armed);
    EXPECT(app_state().state.counter == 2);
    EXPECT(app_state().state.outcome.kind == UPDRAFT_OUTCOME_CONFIRMED);
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
    struct updraft_state_record state = app_state().state;
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
    struct updraft_state_record state = app_state().state;
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
    make_image(&image, &(struct image_plan){.board = "stm32f408", .minor = 2, .payload = 1500, .counter = 2});
    bad_image_is_refused(unit, ecc, &image, UPDRAFT_REASON_BOARD);
    make_image(&image, &(struct image_plan){.board = "stm32f407", .minor = 2, .payload = 1500, .counter = 0});
    bad_image_is_refused(unit, ecc, &image, UPDRAFT_REASON_COUNTER);
    make_image(&image,
               &(struct image_plan){.board = "stm32f407", .minor = 2, .payload = 3 * UNIT - HEADER, .counter = 2});
    image.size = 3 * UNIT;
    bad_image_is_refused(unit, ecc, &image, UPDRAFT_REASON_MALFORMED);
    image_key.limit = 5;
    make_image(&image, &(struct image_plan){.board = "stm32f407", .minor = 2, .payload = 1500, .counter = 5});
    bad_image_is_refused(unit, ecc, &image, UPDRAFT_REASON_SIGNATURE);
    image_key.limit = 0;
}

static void dead_sector_ends_on_the_old_image(uint8_t unit, bool ecc) {
    begin("a sector of staging that refuses leaves the old image running, and the report names the sector");
    for (uint32_t step = 0; step < 2; step++) {
        new_device(unit, ecc);
        power_up(UPDRAFT_RESET_POWER);
        request(&new_image);
        uint32_t dead = layout.staging.address + step * UNIT;
        sim_sector_at(sim, dead)->dead = true;
        EXPECT(power_up(UPDRAFT_RESET_SOFTWARE) == STARTED && runs(&old_image));
        struct updraft_state_record state = app_state().state;
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

static void dead_log_ends_on_the_old_image(uint8_t unit, bool ecc) {
    begin("a log that takes no record any more leaves the old image running, at each start, and the slot untouched");
    for (unsigned full = 0; full < 2; full++) {
        new_device(unit, ecc);
        power_up(UPDRAFT_RESET_POWER);
        request(&new_image);
        struct updraft_boot_state log = app_state();
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
    sim_shake(sim, layout.log[app_state().group].address + app_state().next, 192);
    EXPECT(power_up(UPDRAFT_RESET_SOFTWARE) == STARTED && runs(&new_image));
    EXPECT(boot.log.failed_address == 0 && boot.failed_address == 0);
    EXPECT(app_state().state.phase == UPDRAFT_PHASE_TRIAL);
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
    layout.running.size = 3 * 2 * UNIT;
    layout.staging.size = 4 * 2 * UNIT;
    layout.swap_unit = 2 * UNIT;
    place(&layout.running, 0, &uncounted_image); // imgtool's carry no security counter
    platform.keys = both_keys;
    platform.key_count = 2;
    platform.decryption_key = with_key ? scalar : NULL;
    platform.can_start = can_start_anything; // what these images hold was never code
    power_up(UPDRAFT_RESET_POWER);           // adopts the old image with its own key
    struct updraft_reader reader = {&layout.staging, read_staged, image.size};
    struct updraft_image opened;
    struct updraft_boot_state log = app_state();
    EXPECT(updraft_boot_state_claim_staging(&log) == UPDRAFT_OK);
    place(&layout.staging, 2 * UNIT, &image);
    EXPECT(updraft_image_open(&opened, &reader) == UPDRAFT_OK);
    EXPECT(updraft_image_tlv(&reader, &opened.digest, image.digest, 32) == UPDRAFT_OK);
    EXPECT(updraft_boot_state_request(&log, UPDRAFT_SOURCE_STAGING, image.digest) == UPDRAFT_OK);
    int64_t before = sim->power->operations;
    sim->power->cut_at = cuts > 0 ? before + cuts - 1 : SIM_NEVER;
    int how = power_up(UPDRAFT_RESET_POWER);
    while (how == POWER_LOST)
        how = power_up(UPDRAFT_RESET_POWER);
    EXPECT(how == STARTED);
    log = app_state();
    EXPECT((log.state.phase == UPDRAFT_PHASE_TRIAL) == with_key);
    if (with_key) {
        // Only the right plaintext has the digest that the bootloader checked before it started.
        EXPECT(memcmp(log.state.pending, image.digest, 32) == 0);
        EXPECT(updraft_area_read(&layout.running, HEADER, bytes, 8) == UPDRAFT_OK);
        EXPECT((memcmp(bytes, image.bytes + HEADER, 8) == 0) == (opened.encryption.offset == 0));
    } else {
        EXPECT(log.state.outcome.reason == UPDRAFT_REASON_SIGNATURE && runs(&uncounted_image));
    }
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
    make_images();
    for (unsigned i = 0; i < sizeof geometries / sizeof geometries[0]; i++) {
        uint8_t unit = geometries[i].unit;
        bool ecc = geometries[i].ecc;
        fresh_device_starts_what_verifies(unit, ecc);
        a_start_verifies_digest_and_signature(unit, ecc);
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
    end_devices();
    printf("bootloader: %d promises\n", promises);
    printf("%d passed, %d failed\n", promises - (failures > 0), failures > 0);
    return failures > 0;
}
