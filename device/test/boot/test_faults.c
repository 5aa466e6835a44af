// What the bootloader promises when something else goes wrong than the power: a medium outside the chip that is silent
// or lies, reads that fail once, a boot state that breaks, records that somebody forged. docs/design/failure-model.md
// has the promises; two faults of any kind one after the other are ../proof's.
#include "device.h"
#include "media/nor_model.h"

static struct image wanted; // what a test needs beside the old image and the new one

// An external flash that lies

static struct {
    struct updraft_spi_bus honest, bus;
    uint32_t at, value; // what 4 bytes at this address are answered with
    uint8_t flip;       // or: this bit of the last of them is wrong
    int from, count;    // readings of them that are: from which on, how many
    int readings;
    unsigned lies;
} liar;

static void lie(void *context, const uint8_t *out, uint8_t *in, size_t length) {
    liar.honest.transfer(context, out, in, length);
    if (in == NULL || nor_model.bytes[0] != 0x03)
        return;
    uint32_t begin = (uint32_t)nor_model.bytes[1] << 16 | (uint32_t)nor_model.bytes[2] << 8 | nor_model.bytes[3];
    if (liar.at < begin || liar.at + 4 > begin + length)
        return;
    liar.readings++;
    if (liar.readings <= liar.from || liar.readings > liar.from + liar.count)
        return;
    if (liar.flip != 0)
        in[liar.at - begin + 3] ^= liar.flip;
    else
        memcpy(in + (liar.at - begin), &liar.value, 4);
    liar.lies++;
}

static void lies_about(uint32_t at, uint32_t value, uint8_t flip, int from, int count) {
    liar.honest = liar.bus = *platform.nor;
    liar.bus.transfer = lie;
    liar.at = at;
    liar.value = value;
    liar.flip = flip;
    liar.from = from;
    liar.count = count;
    liar.readings = 0;
    platform.nor = &liar.bus;
}

static uint32_t counter_of(const struct image *image) {
    uint32_t payload;
    memcpy(&payload, image->bytes + 12, 4);
    return HEADER + payload + 4 + 4;
}

// A flash inside the chip that reads wrong once, or fails to read once

static struct {
    enum updraft_status (*honest)(void *context, uint32_t address, void *data, uint32_t length);
    const struct updraft_area *area;
    int left; // readings until then
    bool fails;
} shaky;

static enum updraft_status read_shaky(void *context, uint32_t address, void *data, uint32_t length) {
    enum updraft_status status = shaky.honest(context, address, data, length);
    if (address - shaky.area->address >= shaky.area->size || shaky.left-- != 0)
        return status;
    ((uint8_t *)data)[length / 2] ^= 0x10;
    return shaky.fails ? UPDRAFT_ERROR_READ : status;
}

static void shakes_once(const struct updraft_area *area, int left, bool fails) {
    if (sim->flash.read != read_shaky)
        shaky.honest = sim->flash.read;
    sim->flash.read = read_shaky;
    shaky.area = area;
    shaky.left = left;
    shaky.fails = fails;
}

static uint8_t *cell(const struct updraft_area *area, uint32_t offset) {
    return sim->memory.bytes + (area->address - sim->base) + offset;
}

static struct updraft_state_record now(void) {
    return app_state().state;
}

static bool is_confirmed(const struct image *image, uint32_t counter) {
    struct updraft_state_record state = now();
    return state.phase == UPDRAFT_PHASE_CONFIRMED && memcmp(state.running, image->digest, 32) == 0 &&
           state.counter == counter;
}

static void fill_group(uint32_t places_left) {
    struct updraft_boot_state state = app_state();
    while (state.next + 192 * (places_left + 1) <= layout.log[state.group].size)
        EXPECT(updraft_boot_state_append(&state) == UPDRAFT_OK);
}

// T1, T1b
static void what_failed_is_not_confirmed_when_the_fallback_is_silent(uint8_t unit, bool ecc) {
    begin("what failed its trial is never confirmed, though the fallback is silent when it should come back");
    for (int rejected = 0; rejected < 2; rejected++) {
        new_device(unit, ecc);
        power_up(UPDRAFT_RESET_POWER);
        EXPECT(request_from_nor(&new_image, true) == UPDRAFT_OK);
        EXPECT(power_up(UPDRAFT_RESET_SOFTWARE) == STARTED && runs(&new_image) && armed);
        struct updraft_boot_state state = app_state();
        if (rejected)
            EXPECT(updraft_boot_state_reject(&state, UPDRAFT_REASON_SELF_TEST) == UPDRAFT_OK);
        else
            EXPECT(power_up(UPDRAFT_RESET_WATCHDOG) == STARTED && runs(&new_image));
        nor_model.present = false;
        for (int boots = 0; boots < 4; boots++) {
            int how = power_up(boots % 2 == 0 ? UPDRAFT_RESET_WATCHDOG : UPDRAFT_RESET_POWER);
            EXPECT(how == RECOVERING || (how == STARTED && runs(&new_image) && armed));
            state = app_state();
            EXPECT(updraft_boot_state_confirm(&state) != UPDRAFT_OK);
            EXPECT(now().phase == UPDRAFT_PHASE_REVERTING && now().counter == 1 && now().has_running);
        }
        nor_model.present = true;
        EXPECT(power_up(UPDRAFT_RESET_POWER) == STARTED && runs(&old_image) && !armed);
        EXPECT(is_confirmed(&old_image, 1));
        EXPECT(now().outcome.kind == UPDRAFT_OUTCOME_ROLLED_BACK);
        EXPECT(now().outcome.reason == (rejected ? UPDRAFT_REASON_SELF_TEST : UPDRAFT_REASON_WATCHDOG));
    }
}

// T2, T12
static void a_lying_medium_brings_in_nothing_that_was_not_signed(uint8_t unit, bool ecc) {
    begin("a medium that answers each reading differently gets no older image in, nor one for another board");
    static const uint32_t board[1] = {0x37303466}; // "f407" of another board's name
    for (int kind = 0; kind < 2; kind++) {
        for (int from = 0; from < 8; from++) {
            for (int count = 1; count < 9; count += 7) {
                new_device(unit, ecc);
                power_up(UPDRAFT_RESET_POWER);
                make_image(&wanted, &(struct image_plan){.board = kind == 0 ? BOARD : "stm32f408",
                                                         .payload = 1400,
                                                         .counter = kind == 0 ? 0 : 2});
                EXPECT(request_from_nor(&wanted, false) == UPDRAFT_OK);
                lies_about(counter_of(&wanted) + (kind == 0 ? 0 : 8 + 5), kind == 0 ? UINT32_MAX : board[0], 0, from,
                           count);
                for (int boots = 0; boots < 3; boots++) {
                    EXPECT(power_up(UPDRAFT_RESET_SOFTWARE) == STARTED && runs(&old_image));
                    EXPECT(now().counter == 1);
                }
                platform.nor = &liar.honest;
                struct updraft_boot_state state = app_state();
                EXPECT(updraft_boot_state_claim_staging(&state) == UPDRAFT_OK);
                EXPECT(request_from_nor(&new_image, false) == UPDRAFT_OK);
                EXPECT(power_up(UPDRAFT_RESET_SOFTWARE) == STARTED && runs(&new_image));
            }
        }
    }
}

// T2b
static void a_wrong_bit_on_the_line_changes_nothing(uint8_t unit, bool ecc) {
    begin("a bit that was read wrong once neither gives an update up nor gets into the security counter");
    for (uint32_t at = 0; at < 2; at++) {
        for (int from = 0; from < 7; from++) {
            new_device(unit, ecc);
            power_up(UPDRAFT_RESET_POWER);
            EXPECT(request_from_nor(&new_image, at == 1) == UPDRAFT_OK);
            lies_about(at == 0 ? counter_of(&new_image) : HEADER + 500, 0, 0x80, from, 1);
            int boots = 0;
            while (boots < 4 && now().phase != UPDRAFT_PHASE_TRIAL) {
                EXPECT(power_up(UPDRAFT_RESET_SOFTWARE) == STARTED);
                // Into the slot with it: that is found before it starts, and is nobody's fault that stays.
                if (now().phase == UPDRAFT_PHASE_CONFIRMED) {
                    EXPECT(now().outcome.reason == UPDRAFT_REASON_FLASH && is_confirmed(&old_image, 1));
                    EXPECT(request_from_nor(&new_image, at == 1) == UPDRAFT_OK);
                }
                boots++;
            }
            struct updraft_boot_state state = app_state();
            EXPECT(updraft_boot_state_confirm(&state) == UPDRAFT_OK);
            EXPECT(is_confirmed(&new_image, 2));
        }
    }
}

// T3
static void a_start_that_cannot_be_counted_is_not_made(uint8_t unit, bool ecc) {
    begin("a start on trial that cannot be counted is not made: the old image runs");
    new_device(unit, ecc);
    power_up(UPDRAFT_RESET_POWER);
    EXPECT(request(&new_image) == UPDRAFT_OK);
    EXPECT(power_up(UPDRAFT_RESET_SOFTWARE) == STARTED && runs(&new_image));
    fill_group(0);
    break_area(&layout.log[!app_state().group]);
    for (int i = 0; i < 50; i++)
        EXPECT(power_up(UPDRAFT_RESET_WATCHDOG) == STARTED && runs(&old_image));
    EXPECT(sim_sector_at(sim, layout.running.address)->erases < 4);
}

static void without_a_fallback_recovery_has_its_turn(uint8_t unit, bool ecc) {
    begin("an image on trial that hangs and has no fallback takes turns with recovery");
    new_device(unit, ecc);
    EXPECT(updraft_area_erase(&layout.running, 0, layout.running.size) == UPDRAFT_OK);
    place(&layout.staging, layout.swap_unit, &new_image);
    EXPECT(power_up(UPDRAFT_RESET_POWER) == STARTED && runs(&new_image) && armed);
    EXPECT(power_up(UPDRAFT_RESET_WATCHDOG) == STARTED && now().attempts == 2);
    for (int i = 0; i < 3; i++)
        EXPECT(power_up(UPDRAFT_RESET_WATCHDOG) == RECOVERING);
    struct updraft_boot_state state = app_state();
    EXPECT(updraft_boot_state_confirm(&state) == UPDRAFT_OK && is_confirmed(&new_image, 2));
}

// T4, T5
static void a_rotten_fallback_erases_nothing(uint8_t unit, bool ecc) {
    begin("a fallback that has rotted is noticed before anything is erased; what failed stays unconfirmed");
    for (uint32_t offset = 0; offset < 700; offset += 600) {
        new_device(unit, ecc);
        power_up(UPDRAFT_RESET_POWER);
        EXPECT(request(&new_image) == UPDRAFT_OK);
        EXPECT(power_up(UPDRAFT_RESET_SOFTWARE) == STARTED);
        EXPECT(power_up(UPDRAFT_RESET_WATCHDOG) == STARTED);
        *cell(&layout.staging, offset) ^= 1;
        sim_count_anew(sim);
        for (int boots = 0; boots < 4; boots++) {
            int how = power_up(boots < 3 ? UPDRAFT_RESET_WATCHDOG : UPDRAFT_RESET_POWER);
            EXPECT(how == (boots == 1 || boots == 2 ? RECOVERING : STARTED) && runs(&new_image));
            EXPECT(now().phase == UPDRAFT_PHASE_REVERTING && now().counter == 1);
        }
        EXPECT(sim_sector_at(sim, layout.running.address)->erases == 0);
        // It is gone for good, so another update may take its place.
        make_image(&wanted, &(struct image_plan){.board = BOARD, .minor = 2, .payload = 900, .counter = 2});
        EXPECT(request(&wanted) == UPDRAFT_OK);
        EXPECT(power_up(UPDRAFT_RESET_SOFTWARE) == STARTED && runs(&wanted) && armed);
        struct updraft_boot_state state = app_state();
        EXPECT(updraft_boot_state_confirm(&state) == UPDRAFT_OK && is_confirmed(&wanted, 2));
        EXPECT(power_up(UPDRAFT_RESET_POWER) == STARTED && runs(&wanted) && !armed);
    }
}

// T6
static void a_reading_that_fails_once_loses_nothing(uint8_t unit, bool ecc) {
    begin("a reading inside the chip that fails once, or gives a wrong bit once, loses neither fallback nor update");
    const struct updraft_area *areas[] = {&layout.running, &layout.staging, &layout.log[0], &layout.log[1]};
    for (int area = 0; area < 4; area++) {
        int step = area < 2 ? 61 : 9, last = 1;
        for (int left = 0; left < last; left += step) {
            new_device(unit, ecc);
            power_up(UPDRAFT_RESET_POWER);
            EXPECT(request(&new_image) == UPDRAFT_OK);
            shakes_once(areas[area], left, left % 2 == 1);
            int how = power_up(UPDRAFT_RESET_SOFTWARE);
            if (shaky.left < 0)
                last = left + step + 1;
            EXPECT(how == STARTED);
            if (now().phase == UPDRAFT_PHASE_TRIAL) {
                EXPECT(runs(&new_image) && now().has_running);
                EXPECT(power_up(UPDRAFT_RESET_WATCHDOG) == STARTED && runs(&new_image));
                EXPECT(power_up(UPDRAFT_RESET_WATCHDOG) == STARTED);
            } else {
                EXPECT(now().outcome.reason == UPDRAFT_REASON_FLASH || now().phase == UPDRAFT_PHASE_PENDING);
            }
            EXPECT(runs(&old_image) && now().counter == 1);
            sim->flash.read = shaky.honest;
        }
    }
}

// T7
static struct {
    enum updraft_status (*program)(void *context, uint32_t address, const void *data, uint32_t length);
    uint8_t group;
} worn;

static enum updraft_status program_worn(void *context, uint32_t address, const void *data, uint32_t length) {
    const struct updraft_area *area = &layout.log[worn.group];
    return address - area->address < area->size ? UPDRAFT_ERROR_PROGRAM : worn.program(context, address, data, length);
}

static void the_newest_record_is_never_erased(uint8_t unit, bool ecc) {
    begin("a group of the boot state that erases and takes no data leaves the newest record where it is");
    new_device(unit, ecc);
    power_up(UPDRAFT_RESET_POWER);
    EXPECT(request(&new_image) == UPDRAFT_OK);
    power_up(UPDRAFT_RESET_SOFTWARE);
    struct updraft_boot_state state = app_state();
    EXPECT(updraft_boot_state_confirm(&state) == UPDRAFT_OK);
    fill_group(0);
    state = app_state();
    worn.group = !state.group;
    worn.program = sim->flash.program;
    sim->flash.program = program_worn;
    uint32_t before = sim_sector_at(sim, layout.log[state.group].address)->erases;
    for (int i = 0; i < 20; i++) {
        EXPECT(updraft_boot_state_append(&state) != UPDRAFT_OK);
        EXPECT(is_confirmed(&new_image, 2));
    }
    EXPECT(sim_sector_at(sim, layout.log[state.group].address)->erases == before);
    EXPECT(power_up(UPDRAFT_RESET_POWER) == STARTED && runs(&new_image));
    sim->flash.program = worn.program;
    EXPECT(updraft_boot_state_append(&state) == UPDRAFT_OK && is_confirmed(&new_image, 2));
}

// T8
static void a_boot_state_that_dies_while_going_back_leaves_the_old_image(uint8_t unit, bool ecc) {
    begin("a boot state that takes no record any more, at any point of an installation, ends on the old image");
    for (uint32_t left = 0; left < 17; left++) {
        for (int rejects = 0; rejects < 2; rejects++) {
            new_device(unit, ecc);
            power_up(UPDRAFT_RESET_POWER);
            EXPECT(request(&new_image) == UPDRAFT_OK);
            if (rejects) {
                EXPECT(power_up(UPDRAFT_RESET_SOFTWARE) == STARTED);
                struct updraft_boot_state state = app_state();
                EXPECT(updraft_boot_state_reject(&state, UPDRAFT_REASON_SELF_TEST) == UPDRAFT_OK);
            }
            fill_group(left);
            break_area(&layout.log[!app_state().group]);
            for (int boots = 0; boots < 6; boots++)
                EXPECT(power_up(UPDRAFT_RESET_SOFTWARE) == STARTED);
            EXPECT(runs(&old_image));
        }
    }
}

// T9
static void a_silent_medium_costs_no_update(uint8_t unit, bool ecc) {
    begin("an image whose medium does not answer when it is to be installed stays pending");
    for (int copy = 0; copy < 2; copy++) {
        new_device(unit, ecc);
        power_up(UPDRAFT_RESET_POWER);
        EXPECT(request_from_nor(&new_image, copy == 1) == UPDRAFT_OK);
        nor_model.present = false;
        for (int boots = 0; boots < 3; boots++) {
            EXPECT(power_up(UPDRAFT_RESET_SOFTWARE) == STARTED && runs(&old_image) && !armed);
            EXPECT(now().phase == UPDRAFT_PHASE_PENDING && now().outcome.kind == UPDRAFT_OUTCOME_NONE);
        }
        nor_model.present = true;
        EXPECT(power_up(UPDRAFT_RESET_POWER) == STARTED && runs(&new_image) && armed);
    }
}

static void an_exchanged_medium_costs_no_update(uint8_t unit, bool ecc) {
    begin("an image whose medium was exchanged for another one stays pending until it is back");
    make_image(&wanted, &(struct image_plan){.board = BOARD, .minor = 5, .payload = 900, .counter = 3});
    new_device(unit, ecc);
    power_up(UPDRAFT_RESET_POWER);
    EXPECT(request_from_nor(&new_image, true) == UPDRAFT_OK);
    put_nor(false, &wanted);
    EXPECT(power_up(UPDRAFT_RESET_POWER) == STARTED && runs(&old_image));
    EXPECT(now().phase == UPDRAFT_PHASE_PENDING);
    put_nor(false, &new_image);
    EXPECT(power_up(UPDRAFT_RESET_POWER) == STARTED && runs(&new_image));
}

// T10
static void a_forged_record_starts_nothing_unsigned(uint8_t unit, bool ecc) {
    begin("whatever the boot state says, an image that nobody signed is not started");
    make_image(&wanted, &(struct image_plan){.board = BOARD, .minor = 9, .payload = 1300, .counter = 1});
    wanted.bytes[wanted.size - 5] ^= 4; // in the signature
    for (uint8_t phase = 0; phase < 7; phase++) {
        for (int in_slot = 0; in_slot < 2; in_slot++) {
            new_device(unit, ecc);
            power_up(UPDRAFT_RESET_POWER);
            struct updraft_boot_state state = app_state();
            place(in_slot ? &layout.running : &layout.staging, in_slot ? 0 : layout.swap_unit, &wanted);
            state.state.phase = phase;
            state.state.source = UPDRAFT_SOURCE_STAGING;
            state.state.units_new = 2;
            memcpy(state.state.pending, wanted.digest, 32);
            memcpy(state.state.running, wanted.digest, 32);
            EXPECT(updraft_boot_state_append(&state) == UPDRAFT_OK);
            for (int boots = 0; boots < 3; boots++) {
                EXPECT(power_up(UPDRAFT_RESET_SOFTWARE) != STARTED || !runs(&wanted));
                state = app_state();
                (void)updraft_boot_state_confirm(&state);
            }
        }
    }
}

// T11
static void no_sequence_number_is_the_last(uint8_t unit, bool ecc) {
    begin("a record with the last sequence number does not stop the boot state");
    static const uint32_t numbers[] = {0xfffffffd, 0xfffffffe, 0xffffffff, 0x7ffffffe, 0x80000000};
    for (unsigned i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        new_device(unit, ecc);
        power_up(UPDRAFT_RESET_POWER);
        struct updraft_boot_state state = app_state();
        state.sequence = numbers[i];
        EXPECT(updraft_boot_state_append(&state) == UPDRAFT_OK);
        EXPECT(request(&new_image) == UPDRAFT_OK);
        EXPECT(power_up(UPDRAFT_RESET_SOFTWARE) == STARTED && runs(&new_image));
        state = app_state();
        EXPECT(updraft_boot_state_confirm(&state) == UPDRAFT_OK && is_confirmed(&new_image, 2));
    }
}

// T20, T21
static void a_torn_unit_is_never_taken_for_whole(uint8_t unit, bool ecc) {
    begin("power goes anywhere in an installation, then the medium is silent for a boot: it starts again all the same");
    for (int64_t at = 0;; at += unit == 4 ? 7 : 1) {
        new_device(unit, ecc);
        power_up(UPDRAFT_RESET_POWER);
        EXPECT(request_from_nor(&new_image, true) == UPDRAFT_OK);
        sim->power->cut_at = sim->power->operations + at;
        sim->power->cut_clean = at % 2 == 0;
        int how = power_up(UPDRAFT_RESET_SOFTWARE);
        sim->power->cut_at = SIM_NEVER;
        if (how != POWER_LOST)
            break;
        nor_model.present = false;
        how = power_up(UPDRAFT_RESET_POWER);
        EXPECT(how == RECOVERING || runs(&old_image) || runs(&new_image));
        nor_model.present = true;
        EXPECT(power_up(UPDRAFT_RESET_POWER) == STARTED && (runs(&old_image) || runs(&new_image)));
    }
}

static void wrong_vectors_are_refused(uint8_t unit, bool ecc) {
    begin("an image whose vector table cannot be right is refused");
    make_image(&wanted,
               &(struct image_plan){.board = BOARD, .minor = 1, .payload = 1500, .counter = 2, .wild_vectors = true});
    new_device(unit, ecc);
    power_up(UPDRAFT_RESET_POWER);
    EXPECT(request(&wanted) == UPDRAFT_OK);
    EXPECT(power_up(UPDRAFT_RESET_SOFTWARE) == STARTED && runs(&old_image));
    EXPECT(now().outcome.kind == UPDRAFT_OUTCOME_REFUSED && now().outcome.reason == UPDRAFT_REASON_MALFORMED);
}

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    static const struct {
        uint8_t unit;
        bool ecc;
    } geometries[] = {{4, false}, {8, true}, {32, true}};
    static void (*const tests[])(uint8_t unit, bool ecc) = {
        what_failed_is_not_confirmed_when_the_fallback_is_silent,
        a_lying_medium_brings_in_nothing_that_was_not_signed,
        a_wrong_bit_on_the_line_changes_nothing,
        a_start_that_cannot_be_counted_is_not_made,
        without_a_fallback_recovery_has_its_turn,
        a_rotten_fallback_erases_nothing,
        a_reading_that_fails_once_loses_nothing,
        the_newest_record_is_never_erased,
        a_boot_state_that_dies_while_going_back_leaves_the_old_image,
        a_silent_medium_costs_no_update,
        an_exchanged_medium_costs_no_update,
        a_forged_record_starts_nothing_unsigned,
        no_sequence_number_is_the_last,
        a_torn_unit_is_never_taken_for_whole,
        wrong_vectors_are_refused,
    };
    make_images();
    for (unsigned i = 0; i < sizeof geometries / sizeof geometries[0]; i++)
        for (unsigned j = 0; j < sizeof tests / sizeof tests[0]; j++)
            tests[j](geometries[i].unit, geometries[i].ecc);
    end_devices();
    printf("bootloader, faults: %d promises\n", promises);
    printf("%d passed, %d failed\n", promises - (failures > 0), failures > 0);
    return failures > 0;
}
