// Rules that a bootloader could break with everything else working: each was found by a mutant that nothing else
// caught.
#include "device.h"

static void bad_image_is_refused(uint8_t unit, bool ecc, const struct image *image, uint8_t reason) {
    new_device(unit, ecc);
    power_up(UPDRAFT_RESET_POWER);
    EXPECT(request(image) == UPDRAFT_OK);
    EXPECT(power_up(UPDRAFT_RESET_SOFTWARE) == STARTED && runs(&old_image));
    struct updraft_state_record state = app_state().state;
    EXPECT(state.phase == UPDRAFT_PHASE_CONFIRMED);
    EXPECT(state.outcome.kind == UPDRAFT_OUTCOME_REFUSED && state.outcome.reason == reason);
}

static void the_image_before_comes_back_when_the_confirmed_one_is_damaged(uint8_t unit, bool ecc) {
    begin("a confirmed image that is damaged gives way to the one before, which is kept");
    static struct image image;
    make_image(&image, &(struct image_plan){.board = BOARD,
                                            .minor = 1,
                                            .payload = 1500,
                                            .counter = 1}); // no higher counter: the one before may still run
    new_device(unit, ecc);
    power_up(UPDRAFT_RESET_POWER);
    request(&image);
    EXPECT(power_up(UPDRAFT_RESET_SOFTWARE) == STARTED && runs(&image));
    struct updraft_boot_state log = app_state();
    EXPECT(updraft_boot_state_confirm(&log) == UPDRAFT_OK);
    sim->memory.bytes[layout.running.address - sim->base + HEADER + 5] ^= 1;
    EXPECT(power_up(UPDRAFT_RESET_POWER) == STARTED && runs(&old_image));
    EXPECT(app_state().state.outcome.kind == UPDRAFT_OUTCOME_ROLLED_BACK &&
           app_state().state.outcome.reason == UPDRAFT_REASON_DIGEST);
}

static void a_whole_image_in_staging_is_taken_when_the_slot_is_damaged(uint8_t unit, bool ecc) {
    begin("a damaged image gives way to a whole one that waits in staging, whatever it depends on");
    static struct image image;
    static const uint8_t dependency[12] = {0, 0, 0, 0, 9};
    for (int i = 0; i < 2; i++) {
        make_image(
            &image,
            &(struct image_plan){
                .board = BOARD, .minor = 1, .payload = 1500, .counter = 1, .dependency = i == 1 ? dependency : NULL});
        new_device(unit, ecc);
        power_up(UPDRAFT_RESET_POWER);
        place(&layout.staging, UNIT, &image);
        struct updraft_boot_state log = app_state();
        log.state.source = UPDRAFT_SOURCE_CARD; // where the last update came from
        EXPECT(updraft_boot_state_append(&log) == UPDRAFT_OK);
        sim->memory.bytes[layout.running.address - sim->base + HEADER + 5] ^= 1;
        EXPECT(power_up(UPDRAFT_RESET_POWER) == STARTED && runs(&image));
    }
}

static void a_dependency_is_held(uint8_t unit, bool ecc) {
    begin("an image that needs a newer one to start from is refused, and taken where that runs");
    static struct image image;
    static const struct {
        uint8_t image, major, minor, revision;
        bool taken;
    } cases[] = {{0, 1, 0, 0, true},  {0, 0, 9, 9, true},  {0, 1, 0, 1, false},
                 {0, 1, 1, 0, false}, {0, 2, 0, 0, false}, {1, 1, 0, 0, false}};
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const uint8_t dependency[12] = {cases[i].image, 0, 0, 0, cases[i].major, cases[i].minor, cases[i].revision};
        make_image(&image, &(struct image_plan){
                               .board = BOARD, .minor = 1, .payload = 1500, .counter = 2, .dependency = dependency});
        if (!cases[i].taken) {
            bad_image_is_refused(unit, ecc, &image, UPDRAFT_REASON_DEPENDENCY);
            continue;
        }
        new_device(unit, ecc);
        power_up(UPDRAFT_RESET_POWER);
        request(&image);
        EXPECT(power_up(UPDRAFT_RESET_SOFTWARE) == STARTED && runs(&image));
    }
}

static void only_a_signature_is_a_signature(uint8_t unit, bool ecc) {
    begin("what is not DER, too long, missing or of another key is no signature");
    static struct image image;
    uint32_t der = new_image.size;
    while (!(new_image.bytes[der - 4] == UPDRAFT_TLV_ECDSA && new_image.bytes[der] == 0x30 &&
             new_image.bytes[der - 2] == new_image.size - der))
        der--;
    static const struct {
        int at;
        uint8_t value;
    } cases[] = {{0, 0x31}, {1, 0x10}, {1, 0x80}, {2, 3}, {3, 0}, {3, 0xff}, {3, 60}};
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        image = new_image;
        image.bytes[der + (uint32_t)cases[i].at] = cases[i].value;
        bad_image_is_refused(unit, ecc, &image, UPDRAFT_REASON_SIGNATURE);
    }
    image = new_image;
    image.bytes[der - 4] = 0x7f; // no signature any more
    bad_image_is_refused(unit, ecc, &image, UPDRAFT_REASON_SIGNATURE);
    image = new_image; // a signature of 200 bytes
    uint32_t area = der - 4 - 36 - 36 - 4;
    image.bytes[der - 2] = 200;
    image.bytes[area + 2] = (uint8_t)(4 + 36 + 36 + 4 + 200);
    image.bytes[area + 3] = (4 + 36 + 36 + 4 + 200) >> 8;
    image.size = der + 200;
    bad_image_is_refused(unit, ecc, &image, UPDRAFT_REASON_SIGNATURE);
    image = new_image;
    image.bytes[der - 4 - 1] ^= 1; // the key's hash
    bad_image_is_refused(unit, ecc, &image, UPDRAFT_REASON_SIGNATURE);
    make_image(&image,
               &(struct image_plan){.board = BOARD, .minor = 1, .payload = 1500, .counter = 2, .short_r = true});
    new_device(unit, ecc);
    power_up(UPDRAFT_RESET_POWER);
    request(&image);
    EXPECT(power_up(UPDRAFT_RESET_SOFTWARE) == STARTED && runs(&image));
}

static void requests_are_taken_only_in_their_phase(uint8_t unit, bool ecc) {
    begin("confirm, reject, request and claim say no, and change nothing, outside their phase");
    new_device(unit, ecc);
    power_up(UPDRAFT_RESET_POWER);
    struct updraft_boot_state log = app_state();
    struct updraft_state_record before = log.state;
    int64_t operations = sim->power->operations;
    EXPECT(updraft_boot_state_confirm(&log) == UPDRAFT_OK && updraft_boot_state_reported(&log) == UPDRAFT_OK);
    EXPECT(updraft_boot_state_reject(&log, UPDRAFT_REASON_SELF_TEST) != UPDRAFT_OK);
    EXPECT(updraft_boot_state_keep_fallback(&log, UPDRAFT_SOURCE_STAGING) != UPDRAFT_OK);
    EXPECT(sim->power->operations == operations && memcmp(&before, &log.state, sizeof before) == 0);
    request(&new_image);
    EXPECT(power_up(UPDRAFT_RESET_SOFTWARE) == STARTED);
    log = app_state();
    operations = sim->power->operations;
    EXPECT(updraft_boot_state_request(&log, UPDRAFT_SOURCE_STAGING, new_image.digest) != UPDRAFT_OK);
    EXPECT(updraft_boot_state_claim_staging(&log) != UPDRAFT_OK && sim->power->operations == operations);
    EXPECT(updraft_boot_state_confirm(&log) == UPDRAFT_OK && app_state().state.has_fallback == UPDRAFT_FALLBACK_BEFORE);
    EXPECT(updraft_boot_state_claim_staging(&log) == UPDRAFT_OK &&
           app_state().state.has_fallback == UPDRAFT_FALLBACK_NONE);
}

static void an_area_ends_where_it_ends(uint8_t unit, bool ecc) {
    begin("nothing is read, erased or programmed over an area's end");
    uint8_t bytes[64] = {1};
    new_device(unit, ecc);
    const struct updraft_area small = {layout.staging.flash, layout.staging.address, UNIT / 2};
    EXPECT(updraft_area_read(&layout.staging, layout.staging.size - 32, bytes, 64) == UPDRAFT_ERROR_RANGE);
    EXPECT(updraft_area_program(&layout.staging, layout.staging.size - 32, bytes, 64) == UPDRAFT_ERROR_RANGE);
    EXPECT(updraft_area_erase(&layout.staging, layout.staging.size - UNIT, 2 * UNIT) == UPDRAFT_ERROR_RANGE);
    EXPECT(updraft_area_erase(&small, 0, UNIT / 2) == UPDRAFT_ERROR_RANGE);
    EXPECT(updraft_area_read(&layout.staging, UINT32_MAX - 15, bytes, 32) == UPDRAFT_ERROR_RANGE);
}

static void a_record_has_the_crc_of_everybody(uint8_t unit, bool ecc) {
    begin("a record of the boot state ends with the CRC-32 that zlib computes");
    uint8_t record[192];
    new_device(unit, ecc);
    power_up(UPDRAFT_RESET_POWER);
    EXPECT(updraft_area_read(&layout.log[0], 0, record, sizeof record) == UPDRAFT_OK);
    uint32_t crc = UINT32_MAX, found;
    for (int i = 0; i < 188; i++)
        for (int bit = 0; bit < 8; bit++)
            crc = (crc >> 1) ^ (((crc ^ record[i] >> bit) & 1) ? 0xEDB88320u : 0);
    memcpy(&found, record + 188, 4);
    EXPECT(found == ~crc);
}

static void no_bit_of_the_newest_record_is_without_meaning(uint8_t unit, bool ecc) {
    begin("a record with any one bit wrong is no record: the one before counts");
    uint8_t record[192];
    new_device(unit, ecc);
    power_up(UPDRAFT_RESET_POWER);
    EXPECT(request(&new_image) == UPDRAFT_OK);
    struct updraft_boot_state state = app_state();
    state.state.counter = 77;
    EXPECT(updraft_boot_state_append(&state) == UPDRAFT_OK);
    uint32_t newest = state.next - sizeof record;
    uint8_t *cells = sim->memory.bytes + (layout.log[state.group].address - sim->base) + newest;
    EXPECT(app_state().state.counter == 77);
    memcpy(record, cells, sizeof record);
    uint32_t sequence = app_state().sequence;
    for (uint32_t bit = 0; bit < 8 * sizeof record; bit++) {
        cells[bit / 8] ^= (uint8_t)(1U << bit % 8);
        EXPECT(app_state().sequence == sequence - 1);
        cells[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    EXPECT(memcmp(record, cells, sizeof record) == 0);
}

static struct {
    const struct image *image;
    int left;
} failing;

static enum updraft_status read_failing(void *context, uint32_t offset, void *data, uint32_t length) {
    (void)context;
    if (failing.left-- == 0)
        return UPDRAFT_ERROR_READ;
    memcpy(data, failing.image->bytes + offset, length);
    return UPDRAFT_OK;
}

static void a_reader_that_fails_is_never_an_image(uint8_t unit, bool ecc) {
    begin("an image of which one reading fails is not valid, whichever it is");
    new_device(unit, ecc);
    power_up(UPDRAFT_RESET_POWER);
    struct updraft_reader reader = {NULL, read_failing, new_image.size};
    failing.image = &new_image;
    int left = 0;
    for (;; left++) {
        failing.left = left;
        enum updraft_status status = boot_check_image(&boot, &reader, BOOT_AS_IT_RUNS);
        if (failing.left >= 0) {
            EXPECT(status == UPDRAFT_OK && boot_is_valid(&boot));
            break;
        }
        EXPECT(status == UPDRAFT_ERROR_READ && !boot_is_valid(&boot));
    }
    EXPECT(left > 10);
}

int main(void) {
    static const struct {
        uint8_t unit;
        bool ecc;
    } geometries[] = {{4, false}, {8, true}, {32, true}};
    static void (*const tests[])(uint8_t unit, bool ecc) = {
        the_image_before_comes_back_when_the_confirmed_one_is_damaged,
        a_whole_image_in_staging_is_taken_when_the_slot_is_damaged,
        a_dependency_is_held,
        only_a_signature_is_a_signature,
        requests_are_taken_only_in_their_phase,
        an_area_ends_where_it_ends,
        a_record_has_the_crc_of_everybody,
        no_bit_of_the_newest_record_is_without_meaning,
        a_reader_that_fails_is_never_an_image,
    };
    make_images();
    for (unsigned i = 0; i < sizeof geometries / sizeof geometries[0]; i++)
        for (unsigned j = 0; j < sizeof tests / sizeof tests[0]; j++)
            tests[j](geometries[i].unit, geometries[i].ecc);
    end_devices();
    printf("bootloader, rules: %d promises\n", promises);
    printf("%d passed, %d failed\n", promises - (failures > 0), failures > 0);
    return failures > 0;
}
