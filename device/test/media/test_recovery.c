// The bootloader's ways of taking in an image by itself: an SD card and SMP over the UART. The real bootloader on a
// flash in memory, the card model with a volume that dosfstools made, a client that speaks SMP: test_recovery FOLDER
// (what make-images left there).
#include <p256-m.h>
#include <psa/crypto.h>
#include <setjmp.h>
#include <string.h>

#include "boot.h"
#include "expect.h"
#include "media/fat.h"
#include "media/sd_spi.h"
#include "nor_model.h"
#include "recover.h"
#include "sd_card_model.h"
#include "smp_client.h"
#include "updraft_digest.h"

enum { STEP = 16384, BASE = 0x10000, LOG = 4096, SLOT = 7 * STEP, HEADER = 512, UNIT = 8, STACK = 0x20001000 };

// A flash in memory that keeps the rules: erase by unit, program erased units once.
static uint8_t cells[2 * LOG + 15 * STEP];

static enum updraft_status read_cells(void *context, uint32_t address, void *data, uint32_t length) {
    (void)context;
    memcpy(data, cells + (address - BASE), length);
    return UPDRAFT_OK;
}

static enum updraft_status erase_cells(void *context, uint32_t address) {
    (void)context;
    memset(cells + (address - BASE), 0xFF, address < BASE + 2 * LOG ? LOG : STEP);
    return UPDRAFT_OK;
}

static enum updraft_status program_cells(void *context, uint32_t address, const void *data, uint32_t length) {
    (void)context;
    EXPECT(address % UNIT == 0 && length % UNIT == 0);
    for (uint32_t i = 0; i < length; i++) {
        if (cells[address - BASE + i] != 0xFF)
            return UPDRAFT_ERROR_PROGRAM;
    }
    memcpy(cells + (address - BASE), data, length);
    return UPDRAFT_OK;
}

static const struct updraft_flash_region regions[] = {{BASE, LOG, 2}, {BASE + 2 * LOG, STEP, 15}};
static const struct updraft_flash flash = {regions, 2, UNIT, NULL, read_cells, erase_cells, program_cells};
static const struct updraft_layout layout = {
    .board = "test",
    .log = {{&flash, BASE, LOG}, {&flash, BASE + LOG, LOG}},
    .running = {&flash, BASE + 2 * LOG, SLOT},
    .staging = {&flash, BASE + 2 * LOG + SLOT, SLOT + STEP},
    .swap_unit = STEP,
    .header_size = HEADER,
};

// An image, signed with a fresh key.
static uint8_t private_key[32], point[64], key_hash[32];
static struct boot_key key = {point, key_hash, 0};

psa_status_t psa_generate_random(uint8_t *output, size_t size) {
    for (size_t i = 0; i < size; i++)
        output[i] = (uint8_t)rand();
    return PSA_SUCCESS;
}

struct image {
    uint8_t bytes[SLOT];
    uint32_t size;
    uint8_t digest[32];
};
static struct image first, second;

static void put(struct image *image, const void *data, uint32_t length) {
    memcpy(image->bytes + image->size, data, length);
    image->size += length;
}

static void put_tlv(struct image *image, uint16_t type, const void *data, uint16_t length) {
    put(image, &type, 2);
    put(image, &length, 2);
    put(image, data, length);
}

static void make_image(struct image *image, uint8_t minor, uint32_t payload, const char *board) {
    memset(image, 0, sizeof *image);
    uint32_t magic = UPDRAFT_IMAGE_MAGIC;
    uint16_t info[2] = {0x6908, (uint16_t)(8 + strlen(board))};
    memcpy(image->bytes, &magic, 4);
    image->bytes[9] = HEADER >> 8;
    image->bytes[10] = (uint8_t)info[1];
    memcpy(image->bytes + 12, &payload, 4);
    image->bytes[20] = 1;
    image->bytes[21] = minor;
    image->size = HEADER + payload;
    for (uint32_t i = HEADER; i < image->size; i++)
        image->bytes[i] = (uint8_t)(rand() >> 4);
    const uint32_t vectors[2] = {STACK, BASE + 2 * LOG + HEADER + 9};
    memcpy(image->bytes + HEADER, vectors, sizeof vectors);
    put(image, info, 4);
    put_tlv(image, UPDRAFT_TLV_BOARD, board, (uint16_t)strlen(board));
    struct updraft_digest digest;
    updraft_digest_begin(&digest);
    updraft_digest_add(&digest, image->bytes, image->size);
    updraft_digest_end(&digest, image->digest);
    uint8_t raw[64], der[80] = {0x30};
    unsigned at = 2;
    if (p256_ecdsa_sign(raw, private_key, image->digest, 32) != P256_SUCCESS)
        exit(2);
    for (unsigned half = 0; half < 2; half++) {
        unsigned pad = raw[half * 32] >> 7;
        der[at++] = 2;
        der[at++] = (uint8_t)(32 + pad);
        at += pad;
        memcpy(der + at, raw + half * 32, 32);
        at += 32;
    }
    der[1] = (uint8_t)(at - 2);
    uint16_t trailer[2] = {0x6907, (uint16_t)(4 + 36 + 36 + 4 + at)};
    put(image, trailer, 4);
    put_tlv(image, UPDRAFT_TLV_SHA256, image->digest, 32);
    put_tlv(image, UPDRAFT_TLV_KEYHASH, key_hash, 32);
    put_tlv(image, UPDRAFT_TLV_ECDSA, der, (uint16_t)at);
}

// The board.
static struct boot boot;
static jmp_buf over;
enum { STARTED = 1, RESET = 2, SILENT = 3, RESTARTED = 4 };
static uint8_t to_device[200000], from_device[8192];
static size_t to_device_at, to_device_end, from_device_length;
static bool armed;
static const char *said;

static void feed(void) {}
static void arm(void) {
    armed = true;
}
static void say(const char *text) {
    said = text;
}
static bool can_start(uint32_t stack, uint32_t entry, uint32_t code, uint32_t size) {
    return stack == STACK && (entry & 1) != 0 && entry - code < size;
}
static void start(uint32_t vectors, uint32_t stack, uint32_t entry) {
    EXPECT_EQUAL(layout.running.address + HEADER, vectors);
    EXPECT(can_start(stack, entry, vectors, SLOT));
    longjmp(over, STARTED);
}
static void restart(void) {
    longjmp(over, RESET);
}
static void start_unwatched(void) {
    longjmp(over, RESTARTED);
}
static unsigned ticks;
static bool ticked(void) {
    return ticks != 0 && ticks++ != 0;
}
static void recover(void) {
    boot_recover(&boot);
}

// The client: sends the image piece by piece from where the device wants it, then asks for a reset.
static const struct image *upload;
static uint32_t wanted_offset;
static bool asked_reset, gave_up;
static unsigned last_rc;

static void client(void) {
    uint8_t packet[1200], answer[1200];
    size_t length = smp_client_unframe(from_device, from_device_length, answer);
    if (from_device_length > 0) {
        EXPECT(length > 8);
        last_rc = answer[8] == 0xA1 || answer[8] == 0xA2 ? answer[12] : 0;
        if (length > 17 && answer[8] == 0xA2) {
            const uint8_t *at = answer + 17;
            wanted_offset = *at < 24    ? *at
                            : *at == 24 ? at[1]
                            : *at == 25 ? (uint32_t)(at[1] << 8 | at[2])
                                        : (uint32_t)at[1] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 8 | at[4];
        }
        if (last_rc != 0)
            gave_up = true;
        from_device_length = 0;
    }
    if (upload == NULL || asked_reset)
        longjmp(over, SILENT);
    if (wanted_offset == upload->size || gave_up) {
        asked_reset = true;
        length = sizeof(uint8_t[9]);
        memcpy(packet, (const uint8_t[]){0x0A, 0, 0, 1, 0, 0, 9, 5, 0xA0}, length);
    } else {
        uint32_t piece = upload->size - wanted_offset < 400 ? upload->size - wanted_offset : 400;
        length = smp_client_upload(packet, wanted_offset == 0 ? upload->size : 0, wanted_offset,
                                   upload->bytes + wanted_offset, piece);
    }
    to_device_at = 0;
    to_device_end = smp_client_frame(packet, length, to_device, 124);
}

static struct sd_card_model card;
// Nobody is at the other end, and the card is repaired when half of the waiting is over.
static bool waits;

static int console_get(void) {
    if (waits) {
        if (ticks == 900) {
            card.content[510] ^= 0xff;
            ticks++;
        }
        return -1;
    }
    if (to_device_at == to_device_end)
        client();
    return to_device[to_device_at++];
}

static void console_put(uint8_t byte) {
    if (from_device_length < sizeof from_device)
        from_device[from_device_length++] = byte;
}

static struct updraft_spi_bus bus, nor_bus;
static bool card_inside;

// From power-up to the start of an image, a reset or a client that has nothing more to say.
static int power_up(enum updraft_request request) {
    struct boot_platform platform = {.layout = &layout,
                                     .keys = &key,
                                     .key_count = 1,
                                     .trial_attempts = 1,
                                     .feed = feed,
                                     .arm_watchdog = arm,
                                     .can_start = can_start,
                                     .start = start,
                                     .start_unwatched = start_unwatched,
                                     .ticked = ticked,
                                     .recover = recover,
                                     .say = say,
                                     .console_get = console_get,
                                     .console_put = console_put,
                                     .reset = restart,
                                     .card = card_inside ? &bus : NULL,
                                     .nor = &nor_bus};
    memset(&boot, 0, sizeof boot);
    boot.request = request;
    armed = asked_reset = gave_up = false;
    wanted_offset = 0;
    to_device_at = to_device_end = from_device_length = 0;
    int why = setjmp(over);
    if (why == 0)
        boot_run(&boot, &platform);
    return why == RESTARTED ? power_up(UPDRAFT_REQUEST_START) : why;
}

static void fresh_device(void) {
    memset(cells, 0xFF, sizeof cells);
    card_inside = false;
    upload = NULL;
}

static void confirm(void) {
    EXPECT_EQUAL(UPDRAFT_OK, updraft_boot_state_open(&boot.log, &layout));
    EXPECT_EQUAL(UPDRAFT_OK, updraft_boot_state_confirm(&boot.log));
}

static bool runs(const struct image *image) {
    return memcmp(cells + 2 * LOG, image->bytes, image->size) == 0;
}

static bool card_read(void *context, uint32_t block, uint8_t *data) {
    (void)context;
    memcpy(data, card.content + (size_t)block * 512, 512);
    return true;
}

static bool card_write(void *context, uint32_t block, const uint8_t *data) {
    (void)context;
    memcpy(card.content + (size_t)block * 512, data, 512);
    return true;
}

// Puts a card in whose UPDATE.UPD begins with the image (the file is longer, as one that was made beforehand is).
static const char *folder;
static void insert_card(const char *volume_image, const struct image *image) {
    char path[400];
    static uint8_t sector[512];
    snprintf(path, sizeof path, "%s/%s", folder, volume_image);
    FILE *in = fopen(path, "rb");
    if (in == NULL)
        exit(2);
    fseek(in, 0, SEEK_END);
    size_t size = (size_t)ftell(in);
    rewind(in);
    free(card.content);
    card = (struct sd_card_model){
        .kind = SD_HIGH_CAPACITY, .content = malloc(size), .blocks = (uint32_t)(size / 512), .answer_delay = 1};
    if (fread(card.content, 1, size, in) != size)
        exit(2);
    fclose(in);
    sd_card_model_bus(&card, &bus);
    struct updraft_fat_volume volume = {.read = card_read, .write = card_write, .sector = sector};
    struct updraft_fat_file file;
    EXPECT_EQUAL(UPDRAFT_FAT_OK, updraft_fat_mount(&volume));
    EXPECT_EQUAL(UPDRAFT_FAT_OK, updraft_fat_open(&volume, "UPDATE  UPD", 1000000, &file));
    EXPECT_EQUAL(UPDRAFT_FAT_OK, updraft_fat_write(&volume, &file, 0, image->bytes, image->size));
    card_inside = true;
}

// What the agent puts beside it.
static void put_fallback(const struct image *image) {
    static uint8_t sector[512];
    struct updraft_fat_volume volume = {.read = card_read, .write = card_write, .sector = sector};
    struct updraft_fat_file file;
    EXPECT_EQUAL(UPDRAFT_FAT_OK, updraft_fat_mount(&volume));
    EXPECT_EQUAL(UPDRAFT_FAT_OK, updraft_fat_open(&volume, "FALLBACKUPD", 1000000, &file));
    EXPECT_EQUAL(UPDRAFT_FAT_OK, updraft_fat_write(&volume, &file, 0, image->bytes, image->size));
}

static void an_empty_device_takes_an_image_over_the_uart_and_runs_it(void) {
    fresh_device();
    upload = &first;
    EXPECT_EQUAL(RESET, power_up(UPDRAFT_REQUEST_NONE));
    EXPECT_EQUAL(STARTED, power_up(UPDRAFT_REQUEST_NONE));
    EXPECT(runs(&first) && armed);
    confirm();
    EXPECT_EQUAL(STARTED, power_up(UPDRAFT_REQUEST_NONE));
    EXPECT(!armed);
}

static void the_application_may_ask_for_recovery_and_the_old_image_comes_back_if_the_new_one_fails(void) {
    an_empty_device_takes_an_image_over_the_uart_and_runs_it();
    upload = &second;
    EXPECT_EQUAL(RESET, power_up(UPDRAFT_REQUEST_RECOVERY));
    EXPECT(runs(&first));
    EXPECT_EQUAL(STARTED, power_up(UPDRAFT_REQUEST_NONE));
    EXPECT(runs(&second) && armed);
    // On trial staging holds the old image, so the request for recovery has to wait; and the trial is over.
    EXPECT_EQUAL(STARTED, power_up(UPDRAFT_REQUEST_RECOVERY));
    EXPECT(runs(&first));
    EXPECT_EQUAL(UPDRAFT_OUTCOME_ROLLED_BACK, boot.log.state.outcome.kind);
}

static void an_upload_that_does_not_verify_is_said_so_and_changes_nothing(void) {
    an_empty_device_takes_an_image_over_the_uart_and_runs_it();
    static struct image bad;
    bad = second;
    bad.bytes[5000] ^= 1;
    upload = &bad;
    EXPECT_EQUAL(RESET, power_up(UPDRAFT_REQUEST_RECOVERY));
    EXPECT_EQUAL(9, last_rc);
    make_image(&bad, 3, 1000, "other");
    upload = &bad;
    EXPECT_EQUAL(RESET, power_up(UPDRAFT_REQUEST_RECOVERY));
    EXPECT_EQUAL(9, last_rc);
    EXPECT_EQUAL(STARTED, power_up(UPDRAFT_REQUEST_NONE));
    EXPECT(runs(&first) && !armed);
}

static void an_upload_cut_off_anywhere_leaves_a_device_that_takes_it_again(void) {
    fresh_device();
    upload = &first;
    EXPECT_EQUAL(RESET, power_up(UPDRAFT_REQUEST_NONE));
    static uint8_t complete[sizeof cells];
    memcpy(complete, cells, sizeof cells);
    for (uint32_t keep = 0; keep < first.size; keep += 7001) { // what an upload cut off there has left
        memset(cells, 0xFF, sizeof cells);
        uint32_t staged = 2 * LOG + SLOT + STEP;
        memcpy(cells + staged, complete + staged, keep);
        EXPECT_EQUAL(RESET, power_up(UPDRAFT_REQUEST_NONE));
        EXPECT_EQUAL(STARTED, power_up(UPDRAFT_REQUEST_NONE));
        EXPECT(runs(&first));
    }
}

static void an_empty_device_installs_from_a_card(void) {
    static const char *const volumes[] = {"fat16.img", "fat32-mbr.img"};
    for (unsigned i = 0; i < 2; i++) {
        fresh_device();
        insert_card(volumes[i], &first);
        EXPECT_EQUAL(STARTED, power_up(UPDRAFT_REQUEST_NONE));
        EXPECT(runs(&first) && armed);
    }
}

static void the_application_may_ask_for_what_is_on_the_card(void) {
    an_empty_device_takes_an_image_over_the_uart_and_runs_it();
    insert_card("fat32.img", &second);
    EXPECT_EQUAL(STARTED, power_up(UPDRAFT_REQUEST_CARD));
    EXPECT(runs(&second) && armed);
    EXPECT_EQUAL(0, memcmp(boot.log.state.pending, second.digest, 32));
    card_inside = false;
    EXPECT_EQUAL(STARTED, power_up(UPDRAFT_REQUEST_NONE)); // not confirmed
    EXPECT(runs(&first));
}

static void a_card_with_nothing_good_on_it_leaves_the_old_image_running_and_the_report_says_why(void) {
    an_empty_device_takes_an_image_over_the_uart_and_runs_it();
    static struct image bad;
    bad = second;
    bad.bytes[6000] ^= 1;
    insert_card("fat16.img", &bad);
    EXPECT_EQUAL(STARTED, power_up(UPDRAFT_REQUEST_CARD));
    EXPECT(runs(&first) && !armed);
    EXPECT_EQUAL(UPDRAFT_OUTCOME_REFUSED, boot.log.state.outcome.kind);
    EXPECT_EQUAL(UPDRAFT_REASON_DIGEST, boot.log.state.outcome.reason);
    card_inside = false;
    EXPECT_EQUAL(STARTED, power_up(UPDRAFT_REQUEST_CARD));
    EXPECT(runs(&first) && !armed);
}

static void a_card_that_is_not_the_one_that_was_asked_for_is_waited_for(void) {
    an_empty_device_takes_an_image_over_the_uart_and_runs_it();
    insert_card("fat16.img", &first);
    EXPECT_EQUAL(UPDRAFT_OK, updraft_boot_state_request(&boot.log, UPDRAFT_SOURCE_CARD, second.digest));
    EXPECT_EQUAL(STARTED, power_up(UPDRAFT_REQUEST_NONE));
    EXPECT(runs(&first) && !armed);
    EXPECT_EQUAL(UPDRAFT_PHASE_PENDING, boot.log.state.phase);
    insert_card("fat16.img", &second);
    EXPECT_EQUAL(STARTED, power_up(UPDRAFT_REQUEST_NONE));
    EXPECT(runs(&second) && armed);
}

// While it waits on the UART a card may be put in.
static void recovery_looks_at_the_card_again_when_nobody_asks_for_anything(void) {
    fresh_device();
    insert_card("fat16.img", &first);
    card.content[510] ^= 0xff; // no volume, so far
    ticks = 1;
    waits = true;
    EXPECT_EQUAL(STARTED, power_up(UPDRAFT_REQUEST_NONE));
    EXPECT(runs(&first) && armed);
    waits = false;
    ticks = 0;
}

// From `source`, with the fallback beside it, never confirmed; what stands in the chip's staging is not touched.
static void goes_and_comes_back(enum updraft_source source) {
    static uint8_t before[SLOT + STEP];
    memcpy(before, cells + 2 * LOG + SLOT, sizeof before);
    EXPECT_EQUAL(UPDRAFT_OK, updraft_boot_state_claim_staging(&boot.log));
    EXPECT_EQUAL(UPDRAFT_OK, updraft_boot_state_keep_fallback(&boot.log, source));
    EXPECT_EQUAL(UPDRAFT_OK, updraft_boot_state_request(&boot.log, source, second.digest));
    EXPECT_EQUAL(STARTED, power_up(UPDRAFT_REQUEST_NONE));
    EXPECT(runs(&second) && armed);
    EXPECT_EQUAL(STARTED, power_up(UPDRAFT_REQUEST_NONE)); // not confirmed
    EXPECT(runs(&first));
    EXPECT_EQUAL(UPDRAFT_OUTCOME_ROLLED_BACK, boot.log.state.outcome.kind);
    EXPECT_EQUAL(0, memcmp(before, cells + 2 * LOG + SLOT, sizeof before));
}

static void with_a_fallback_beside_it_an_image_goes_from_the_card_and_comes_back(void) {
    an_empty_device_takes_an_image_over_the_uart_and_runs_it();
    insert_card("fat32.img", &second);
    put_fallback(&first);
    goes_and_comes_back(UPDRAFT_SOURCE_CARD);
}

static void with_a_fallback_beside_it_an_image_goes_from_the_external_flash_and_comes_back(void) {
    an_empty_device_takes_an_image_over_the_uart_and_runs_it();
    memcpy(nor_model.content, second.bytes, second.size);
    memcpy(nor_model.content + updraft_layout_nor_offset(&layout, true), first.bytes, first.size);
    goes_and_comes_back(UPDRAFT_SOURCE_NOR);
}

int main(int argc, char **argv) {
    if (argc != 2)
        return 2;
    folder = argv[1];
    if (p256_gen_keypair(private_key, point) != P256_SUCCESS)
        return 2;
    static const uint8_t prefix[27] = {0x30, 0x59, 0x30, 0x13, 6,    7,    0x2A, 0x86, 0x48, 0xCE, 0x3D, 2, 1, 6,
                                       8,    0x2A, 0x86, 0x48, 0xCE, 0x3D, 3,    1,    7,    3,    0x42, 0, 4};
    struct updraft_digest digest;
    updraft_digest_begin(&digest);
    updraft_digest_add(&digest, prefix, sizeof prefix);
    updraft_digest_add(&digest, point, sizeof point);
    updraft_digest_end(&digest, key_hash);
    nor_model_solder(1 << 20, 0x14, &nor_bus);
    make_image(&first, 1, 40000, "test");
    make_image(&second, 2, 70001, "test");
    RUN(an_empty_device_takes_an_image_over_the_uart_and_runs_it);
    RUN(the_application_may_ask_for_recovery_and_the_old_image_comes_back_if_the_new_one_fails);
    RUN(an_upload_that_does_not_verify_is_said_so_and_changes_nothing);
    RUN(an_upload_cut_off_anywhere_leaves_a_device_that_takes_it_again);
    RUN(an_empty_device_installs_from_a_card);
    RUN(the_application_may_ask_for_what_is_on_the_card);
    RUN(a_card_with_nothing_good_on_it_leaves_the_old_image_running_and_the_report_says_why);
    RUN(a_card_that_is_not_the_one_that_was_asked_for_is_waited_for);
    RUN(recovery_looks_at_the_card_again_when_nobody_asks_for_anything);
    RUN(with_a_fallback_beside_it_an_image_goes_from_the_card_and_comes_back);
    RUN(with_a_fallback_beside_it_an_image_goes_from_the_external_flash_and_comes_back);
    free(card.content);
    free(nor_model.content);
    return expect_end("recovery");
}
