#include "device.h"

#include <p256-m.h>
#include <psa/crypto.h>

#include "media/nor_model.h"
#include "updraft_digest.h"

enum { CODE = 0x4000, STACK = 0x20001000, NOR_ROOM = 1 << 18 };

int failures, promises;
const char *promise;
struct image old_image, new_image, uncounted_image;
uint8_t image_private_key[32], image_point[64], image_key_hash[32];
struct boot_key image_key = {image_point, image_key_hash, 0};
struct sim_flash *sim;
struct updraft_layout layout;
struct boot boot;
struct boot_platform platform;
bool armed;
uint32_t started_at[3];

static jmp_buf left;
static struct updraft_spi_bus nor_bus;

void begin(const char *what) {
    if (getenv("VERBOSE"))
        puts(what);
    promise = what;
    promises++;
}

// p256-m asks for randomness through PSA.
psa_status_t psa_generate_random(uint8_t *output, size_t size) {
    for (size_t i = 0; i < size; i++)
        output[i] = (uint8_t)rand();
    return PSA_SUCCESS;
}

// The board

static void feed(void) {}

static void arm(void) {
    armed = true;
}

static void say(const char *text) {
    if (getenv("VERBOSE"))
        puts(text);
}

static void start(uint32_t vector_table, uint32_t stack, uint32_t entry) {
    started_at[0] = vector_table;
    started_at[1] = stack;
    started_at[2] = entry;
    longjmp(left, STARTED);
}

static void start_unwatched(void) {
    longjmp(left, RESTARTED);
}

static void recover(void) {
    longjmp(left, RECOVERING);
}

static void reset(void) {
    longjmp(left, RESET);
}

static bool can_start(uint32_t stack, uint32_t entry, uint32_t code, uint32_t size) {
    return stack == STACK && (entry & 1) != 0 && entry - code < size;
}

// Images

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
    unsigned skip = 0;
    while (skip < 31 && number[skip] == 0)
        skip++;
    unsigned pad = number[skip] >> 7;
    der[(*at)++] = 2;
    der[(*at)++] = (uint8_t)(32 - skip + pad);
    if (pad)
        der[(*at)++] = 0;
    memcpy(der + *at, number + skip, 32 - skip);
    *at += 32 - skip;
}

void sign_image(struct image *image, bool short_r) {
    uint8_t raw[64], der[72] = {0x30};
    unsigned at = 2;
    struct updraft_digest digest;
    updraft_digest_begin(&digest);
    updraft_digest_add(&digest, image->bytes, image->size);
    updraft_digest_end(&digest, image->digest);
    do
        if (p256_ecdsa_sign(raw, image_private_key, image->digest, 32) != P256_SUCCESS)
            exit(2);
    while (short_r && raw[0] != 0);
    put_integer(der, &at, raw);
    put_integer(der, &at, raw + 32);
    der[1] = (uint8_t)(at - 2);
    put_u16(image, 0x6907);
    put_u16(image, 4 + 36 + 36 + 4 + at);
    put_tlv(image, UPDRAFT_TLV_SHA256, image->digest, 32);
    put_tlv(image, UPDRAFT_TLV_KEYHASH, image_key_hash, 32);
    put_tlv(image, UPDRAFT_TLV_ECDSA, der, at);
}

void make_image(struct image *image, const struct image_plan *plan) {
    memset(image, 0, sizeof *image);
    uint32_t magic = UPDRAFT_IMAGE_MAGIC, payload = plan->payload;
    uint32_t protected_size = 4 + 8 + 4 + (uint32_t)strlen(plan->board) + (plan->dependency != NULL ? 16 : 0);
    const uint32_t vectors[2] = {STACK, CODE + HEADER + 9};
    memcpy(image->bytes, &magic, 4);
    image->bytes[9] = HEADER >> 8;
    image->bytes[10] = (uint8_t)protected_size;
    memcpy(image->bytes + 12, &payload, 4);
    image->bytes[20] = 1;
    image->bytes[21] = plan->minor;
    image->size = HEADER;
    for (uint32_t i = 0; i < payload; i++)
        image->bytes[image->size++] = (uint8_t)(rand() >> 4);
    if (!plan->wild_vectors)
        memcpy(image->bytes + HEADER, vectors, sizeof vectors);
    put_u16(image, 0x6908);
    put_u16(image, protected_size);
    put_tlv(image, UPDRAFT_TLV_COUNTER, &plan->counter, 4);
    put_tlv(image, UPDRAFT_TLV_BOARD, plan->board, (unsigned)strlen(plan->board));
    if (plan->dependency != NULL)
        put_tlv(image, UPDRAFT_TLV_DEPENDENCY, plan->dependency, 12);
    sign_image(image, plan->short_r);
}

void make_images(void) {
    srand(20);
    p256_gen_keypair(image_private_key, image_point);
    memset(image_key_hash, 0x5a, sizeof image_key_hash);
    make_image(&old_image, &(struct image_plan){.board = BOARD, .payload = 2 * UNIT, .counter = 1});
    make_image(&uncounted_image, &(struct image_plan){.board = BOARD, .payload = 2 * UNIT});
    make_image(&new_image, &(struct image_plan){.board = BOARD, .minor = 1, .payload = 1500, .counter = 2});
}

// The device

void place(const struct updraft_area *area, uint32_t offset, const struct image *image) {
    uint8_t padded[8 * UNIT];
    memset(padded, 0xff, sizeof padded);
    memcpy(padded, image->bytes, image->size);
    EXPECT(updraft_area_erase(area, 0, area->size) == UPDRAFT_OK);
    EXPECT(updraft_area_program(area, offset, padded, (image->size + 31) / 32 * 32) == UPDRAFT_OK);
}

void new_device(uint8_t unit, bool ecc) {
    static const struct updraft_flash_region region = {0x1000, UNIT, 256};
    end_devices();
    sim = sim_create(&region, 1, unit, ecc);
    layout = (struct updraft_layout){.board = BOARD,
                                     .log = {{&sim->flash, 0x1000, 0x1000}, {&sim->flash, 0x2000, 0x1000}},
                                     .running = {&sim->flash, CODE, 3 * UNIT},
                                     .staging = {&sim->flash, 0x8000, 4 * UNIT},
                                     .swap_unit = UNIT,
                                     .header_size = HEADER};
    if (nor_model.content == NULL)
        nor_model_solder(NOR_ROOM, 18, &nor_bus);
    memset(nor_model.content, 0xff, NOR_ROOM);
    nor_model.present = true;
    platform = (struct boot_platform){.layout = &layout,
                                      .keys = &image_key,
                                      .key_count = 1,
                                      .trial_attempts = 2,
                                      .feed = feed,
                                      .arm_watchdog = arm,
                                      .can_start = can_start,
                                      .start = start,
                                      .start_unwatched = start_unwatched,
                                      .recover = recover,
                                      .say = say,
                                      .reset = reset,
                                      .nor = &nor_bus};
    place(&layout.running, 0, &old_image);
}

void end_devices(void) {
    if (sim == NULL)
        return;
    EXPECT(sim->breach == SIM_NO_BREACH);
    sim_destroy(sim);
    sim = NULL;
}

int power_up_with(enum updraft_reset_cause cause, enum updraft_request what) {
    memset(&boot, 0xa5, sizeof boot); // RAM is not cleared by magic
    boot.reset_cause = cause;
    boot.request = what;
    boot.checkpoint = 7;
    armed = false;
    if (setjmp(sim->power->gone) != 0)
        return POWER_LOST;
    int how = setjmp(left);
    if (how == 0)
        boot_run(&boot, &platform);
    return how == RESTARTED ? power_up_with(UPDRAFT_RESET_SOFTWARE, UPDRAFT_REQUEST_START) : how;
}

int power_up(enum updraft_reset_cause cause) {
    return power_up_with(cause, UPDRAFT_REQUEST_NONE);
}

bool runs(const struct image *image) {
    uint8_t bytes[6 * UNIT];
    return updraft_area_read(&layout.running, 0, bytes, image->size) == UPDRAFT_OK &&
           memcmp(bytes, image->bytes, image->size) == 0;
}

struct updraft_boot_state app_state(void) {
    struct updraft_boot_state state;
    updraft_boot_state_open(&state, &layout);
    return state;
}

void put_nor(bool as_fallback, const struct image *image) {
    uint8_t *at = nor_model.content + updraft_layout_nor_offset(&layout, as_fallback);
    memset(at, 0xff, 0x10000);
    memcpy(at, image->bytes, image->size);
}

enum updraft_status request(const struct image *image) {
    struct updraft_boot_state state = app_state();
    enum updraft_status status = updraft_boot_state_claim_staging(&state);
    if (status != UPDRAFT_OK)
        return status;
    place(&layout.staging, layout.swap_unit, image);
    return updraft_boot_state_request(&state, UPDRAFT_SOURCE_STAGING, image->digest);
}

enum updraft_status request_from_nor(const struct image *image, bool with_copy) {
    struct updraft_boot_state state = app_state();
    enum updraft_status status = UPDRAFT_OK;
    if (with_copy) {
        put_nor(true, &old_image);
        status = updraft_boot_state_keep_fallback(&state, UPDRAFT_SOURCE_NOR);
    }
    put_nor(false, image);
    return status == UPDRAFT_OK ? updraft_boot_state_request(&state, UPDRAFT_SOURCE_NOR, image->digest) : status;
}

void break_area(const struct updraft_area *area) {
    for (uint32_t at = 0; at < area->size; at += sim_sector_at(sim, area->address + at)->size)
        sim_sector_at(sim, area->address + at)->dead = true;
}
