// Staging outside the chip, as the agent uses it: cards and external flashes that are models of their own, FAT volumes
// that dosfstools made, and the copy of the running image that goes out before the next one comes: test_staging FOLDER
// (what make-images left there).
#include <string.h>

#include "expect.h"
#include "nor_model.h"
#include "sd_card_model.h"
#include "sim_flash.h"
#include "updraft_digest.h"
#include "updraft_image.h"
#include "updraft_media_staging.h"
#include "updraft_preserve.h"

enum { BASE = 0x08000000, UNIT = 8, SECTOR = 4096, SLOT = 24 * SECTOR, HEADER = 512, PAYLOAD = 60001 };

static const char *folder;
static struct sim_flash *sim;
static struct updraft_layout layout;
static struct updraft_journal journal;
static struct sd_card_model card;
static struct updraft_spi_bus bus;
static struct updraft_card_staging on_card;
static struct updraft_nor_staging on_nor;
static struct updraft_staging staging;
static uint8_t buffer[2048];
static struct updraft_fetch_means means;
static struct updraft_offer offer;

struct image {
    uint8_t bytes[PAYLOAD + 1024];
    uint32_t size;
};
static struct image image;

// As far as core/'s reader asks: a header, a payload, the digest.
static void make_image(uint8_t flags) {
    static const uint8_t magic[4] = {0x3d, 0xb8, 0xf3, 0x96};
    memset(&image, 0, sizeof image);
    memcpy(image.bytes, magic, 4);
    image.bytes[9] = HEADER >> 8;
    uint32_t payload = PAYLOAD;
    memcpy(image.bytes + 12, &payload, 4);
    image.bytes[16] = flags;
    for (uint32_t i = 0; i < PAYLOAD; i++)
        image.bytes[HEADER + i] = (uint8_t)(i * 7 + i / 251);
    struct updraft_digest digest;
    updraft_digest_begin(&digest);
    updraft_digest_add(&digest, image.bytes, HEADER + PAYLOAD);
    uint8_t *at = image.bytes + HEADER + PAYLOAD;
    memcpy(at, (const uint8_t[]){0x07, 0x69, 40, 0, 0x10, 0, 32, 0}, 8);
    updraft_digest_end(&digest, at + 8);
    image.size = HEADER + PAYLOAD + 40;
}

// A device that runs the image and whose log says so.
static void new_device(void) {
    static const struct updraft_flash_region region = {BASE, SECTOR, 64};
    if (sim != NULL)
        sim_destroy(sim);
    sim = sim_create(&region, 1, UNIT, true);
    layout =
        (struct updraft_layout){.log = {{&sim->flash, BASE, 2 * SECTOR}, {&sim->flash, BASE + 2 * SECTOR, 2 * SECTOR}},
                                .running = {&sim->flash, BASE + 4 * SECTOR, SLOT},
                                .staging = {&sim->flash, BASE + 4 * SECTOR + SLOT, SLOT + SECTOR},
                                .swap_unit = SECTOR,
                                .header_size = HEADER};
    sim_write(sim, layout.running.address, image.bytes, (image.size + UNIT - 1) / UNIT * UNIT);
    struct updraft_boot_state log;
    updraft_boot_state_open(&log, &layout);
    log.state.phase = UPDRAFT_PHASE_CONFIRMED;
    log.state.has_running = 1;
    EXPECT_EQUAL(UPDRAFT_OK, updraft_boot_state_append(&log));
    EXPECT(updraft_journal_open(&journal, &layout));
    means = (struct updraft_fetch_means){
        .staging = &staging, .journal = &journal, .buffer = buffer, .buffer_size = sizeof buffer};
    offer = (struct updraft_offer){.size = 1000};
}

static void insert_card(const char *volume) {
    char path[400];
    snprintf(path, sizeof path, "%s/%s", folder, volume);
    FILE *in = fopen(path, "rb");
    if (in == NULL || fseek(in, 0, SEEK_END) != 0)
        exit(2);
    size_t size = (size_t)ftell(in);
    rewind(in);
    free(card.content);
    card = (struct sd_card_model){.kind = SD_HIGH_CAPACITY,
                                  .content = malloc(size),
                                  .blocks = (uint32_t)(size / 512),
                                  .answer_delay = 1,
                                  .busy = 3};
    if (fread(card.content, 1, size, in) != size)
        exit(2);
    fclose(in);
    sd_card_model_bus(&card, &bus);
    EXPECT(updraft_staging_card(&on_card, &bus, &layout, &staging));
}

static void solder_nor(void) {
    nor_model_solder(1 << 20, 0x14, &bus);
    EXPECT(updraft_staging_nor(&on_nor, &bus, 50000000, &layout, &staging));
}

static enum updraft_preserve_result keep(void) {
    struct updraft_preserve fallback;
    enum updraft_preserve_result result = updraft_preserve_begin(&fallback, &means, &offer);
    while (result == UPDRAFT_PRESERVE_MORE)
        result = updraft_preserve_step(&fallback, &means);
    return result;
}

static bool holds(const struct updraft_staging *place) {
    static uint8_t back[sizeof image.bytes];
    return place->read(place->context, 0, back, image.size) && memcmp(back, image.bytes, image.size) == 0;
}

static bool stage(const struct updraft_staging *place) {
    uint8_t piece[1024];
    for (uint32_t at = 0; at < image.size; at += sizeof piece) {
        uint32_t part = image.size - at < sizeof piece ? image.size - at : sizeof piece;
        memcpy(piece, image.bytes + at, part);
        if (!updraft_staging_store(place, at, piece, part))
            return false;
    }
    return true;
}

static struct updraft_state_record logged(void) {
    struct updraft_boot_state log;
    updraft_boot_state_open(&log, &layout);
    return log.state;
}

static void what_is_staged_is_read_back_from_cards_and_from_an_external_flash(void) {
    static const char *const volumes[] = {"fat16.img", "fat32.img", "fat32-mbr.img"};
    make_image(0);
    new_device();
    for (unsigned i = 0; i < 3; i++) {
        insert_card(volumes[i]);
        EXPECT_EQUAL(SLOT, staging.size);
        EXPECT(stage(&staging) && holds(&staging));
        EXPECT(!holds(staging.fallback)); // it is another file
    }
    solder_nor();
    EXPECT(stage(&staging) && holds(&staging) && !holds(staging.fallback));
    EXPECT(stage(&staging) && holds(&staging)); // over what stood there
}

static void the_running_image_is_copied_out_before_the_next_one_comes(void) {
    make_image(0);
    new_device();
    insert_card("fat16.img");
    EXPECT_EQUAL(UPDRAFT_PRESERVE_KEPT, keep());
    EXPECT(holds(staging.fallback));
    EXPECT_EQUAL(UPDRAFT_FALLBACK_COPY, logged().has_fallback);
    EXPECT_EQUAL(UPDRAFT_SOURCE_CARD, logged().fallback);
    unsigned writes = card.writes;
    EXPECT_EQUAL(UPDRAFT_PRESERVE_KEPT, keep()); // once is enough
    EXPECT_EQUAL(writes, card.writes);
    new_device();
    solder_nor();
    EXPECT_EQUAL(UPDRAFT_PRESERVE_KEPT, keep());
    EXPECT(holds(staging.fallback));
    EXPECT_EQUAL(UPDRAFT_SOURCE_NOR, logged().fallback);
}

static void what_is_encrypted_goes_out_only_as_it_came(void) {
    make_image(UPDRAFT_FLAG_ENCRYPTED_AES128);
    new_device();
    solder_nor();
    EXPECT_EQUAL(UPDRAFT_PRESERVE_NONE, keep());
    EXPECT_EQUAL(0, nor_model.programs);
    EXPECT_EQUAL(UPDRAFT_FALLBACK_NONE, logged().has_fallback);
    // The file that it was installed from, its payload encrypted, names the same digest.
    for (uint32_t i = 0; i < PAYLOAD; i++)
        image.bytes[HEADER + i] ^= 0x5a;
    EXPECT(stage(&staging));
    EXPECT_EQUAL(UPDRAFT_PRESERVE_KEPT, keep());
    EXPECT(holds(staging.fallback));
}

static void once_the_download_has_begun_nothing_is_copied(void) {
    make_image(0);
    new_device();
    solder_nor();
    struct updraft_file file = updraft_offered_file(&offer);
    EXPECT(updraft_journal_begin(&journal, &file) && updraft_journal_mark(&journal, 512));
    EXPECT_EQUAL(UPDRAFT_PRESERVE_NONE, keep());
    EXPECT_EQUAL(0, nor_model.programs);
}

static void a_copy_that_fails_is_not_relied_upon(void) {
    make_image(0);
    new_device();
    insert_card("fat16.img");
    card.failed_writes = 1000;
    EXPECT_EQUAL(UPDRAFT_PRESERVE_NONE, keep());
    EXPECT_EQUAL(UPDRAFT_FALLBACK_NONE, logged().has_fallback);
}

static void a_card_without_the_file_or_no_card_is_told(void) {
    make_image(0);
    new_device();
    insert_card("fat16.img");
    card.kind = SD_NONE;
    EXPECT(!updraft_staging_card(&on_card, &bus, &layout, &staging));
    nor_model_solder(1 << 17, 0x11, &bus); // has no room for two
    EXPECT(!updraft_staging_nor(&on_nor, &bus, 50000000, &layout, &staging));
}

int main(int argc, char **argv) {
    if (argc != 2)
        return 2;
    folder = argv[1];
    RUN(what_is_staged_is_read_back_from_cards_and_from_an_external_flash);
    RUN(the_running_image_is_copied_out_before_the_next_one_comes);
    RUN(what_is_encrypted_goes_out_only_as_it_came);
    RUN(once_the_download_has_begun_nothing_is_copied);
    RUN(a_copy_that_fails_is_not_relied_upon);
    RUN(a_card_without_the_file_or_no_card_is_told);
    sim_destroy(sim);
    free(card.content);
    free(nor_model.content);
    return expect_end("staging");
}
