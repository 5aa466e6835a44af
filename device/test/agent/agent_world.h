// A device's world for tests of the whole agent: real sockets to a server in this process, virtual time, and a flash
// whose power goes in the middle of an operation. What the bootloader does in between is done here in three lines,
// without its checks: those are tested with it. Included once, by each test.
#ifndef UPDRAFT_TEST_AGENT_WORLD_H
#define UPDRAFT_TEST_AGENT_WORLD_H
#pragma GCC diagnostic ignored "-Wunused-function" // not every test needs all of it

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <setjmp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "expect.h"
#include "sim_flash.h"
#include "tiny_server.h"
#include "updraft_agent.h"
#include "updraft_cbor.h"
#include "updraft_image.h"
#include "updraft_request.h"

// ---- the device's world: virtual time, a real socket, a flash

static uint32_t clock_ms, backup[4];
static int connection = -1;
static uint16_t server_port;
static jmp_buf was_reset;
static struct sim_flash *flash;
static struct updraft_layout layout;
static struct tiny_server server;
static struct updraft_agent agent;
static struct updraft_agent_config config;
static struct updraft_staging staging;
static uint8_t buffer[1024];
static enum updraft_state told[4096];
static char last_reason[32], last_detail[128];
static unsigned told_count;
static enum updraft_self_test test_result;
static bool install_allowed;

uint32_t updraft_backup_read(uint32_t index) {
    return backup[index];
}

void updraft_backup_write(uint32_t index, uint32_t value) {
    backup[index] = value;
}

static void net_close(void *context) {
    (void)context;
    if (connection >= 0) {
        close(connection);
    }
    connection = -1;
}

static bool net_connect(void *context, const char *host, uint16_t port, bool secure) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    (void)context, (void)secure;
    if (inet_pton(AF_INET, host, &address.sin_addr) != 1) {
        return false;
    }
    connection = socket(AF_INET, SOCK_STREAM, 0);
    int yes = 1;
    setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return connect(connection, (struct sockaddr *)&address, sizeof address) == 0;
}

static bool net_send(void *context, const uint8_t *data, size_t length) {
    (void)context;
    return send(connection, data, length, MSG_NOSIGNAL) == (ssize_t)length;
}

static int net_receive(void *context, uint8_t *data, size_t size, uint32_t timeout_ms) {
    (void)context;
    struct pollfd wait = {.fd = connection, .events = POLLIN};
    if (poll(&wait, 1, 2000) == 0) {
        clock_ms += timeout_ms;
        return 0;
    }
    ssize_t got = recv(connection, data, size, 0);
    return got > 0 ? (int)got : -1;
}

static uint32_t net_millis(void *context) {
    (void)context;
    return clock_ms;
}

static void (*at_event)(enum updraft_state state); // what a test does in the middle of it

static void on_event(void *context, const struct updraft_event *event) {
    (void)context;
    if (at_event != NULL) {
        at_event(event->state);
    }
    if (told_count < sizeof told / sizeof told[0]) {
        told[told_count++] = event->state;
    }
    if (event->reason != NULL) {
        snprintf(last_reason, sizeof last_reason, "%s", event->reason);
        snprintf(last_detail, sizeof last_detail, "%s", event->detail != NULL ? event->detail : "");
    }
}

static enum updraft_self_test self_test(void *context, bool reached_server) {
    (void)context;
    return reached_server ? test_result : UPDRAFT_TEST_RUNNING;
}

static bool may_install(void *context) {
    (void)context;
    return install_allowed;
}

static void reset(void *context) {
    (void)context;
    longjmp(was_reset, 1);
}

// ---- images and offers

struct image {
    uint8_t bytes[48 * 1024], digest[32], sha256[32];
    uint32_t size;
};
static struct image old_image, new_image;
static uint8_t offer_bytes[2048];
static bool offer_again; // with `again`

static void sha256(const uint8_t *data, uint32_t length, uint8_t out[32]) {
    struct updraft_digest digest;
    updraft_digest_begin(&digest);
    updraft_digest_add(&digest, data, length);
    updraft_digest_end(&digest, out);
}

static void put16(uint8_t *at, unsigned value) {
    at[0] = (uint8_t)value;
    at[1] = (uint8_t)(value >> 8);
}

static void make_image(struct image *image, uint8_t minor, uint32_t payload, const char *board) {
    uint16_t board_length = (uint16_t)strlen(board);
    uint8_t *at = image->bytes;
    memset(image, 0, sizeof *image);
    memcpy(at, "\x3d\xb8\xf3\x96", 4);
    put16(at + 8, 512);
    put16(at + 10, 8U + board_length);
    put16(at + 12, payload & 0xFFFF);
    put16(at + 14, payload >> 16);
    at[20] = 1;
    at[21] = minor;
    for (uint32_t i = 0; i < payload; i++) {
        at[512 + i] = (uint8_t)(i * 7 + i / 251 + minor);
    }
    at += 512 + payload;
    put16(at, 0x6908);
    put16(at + 2, 8U + board_length);
    put16(at + 4, UPDRAFT_TLV_BOARD);
    put16(at + 6, board_length);
    memcpy(at + 8, board, board_length);
    at += 8 + board_length;
    sha256(image->bytes, (uint32_t)(at - image->bytes), image->digest);
    put16(at, 0x6907);
    put16(at + 2, 4 + 4 + 32);
    put16(at + 4, UPDRAFT_TLV_SHA256);
    put16(at + 6, 32);
    memcpy(at + 8, image->digest, 32);
    image->size = (uint32_t)(at + 40 - image->bytes);
    sha256(image->bytes, image->size, image->sha256);
}

static void offer(const struct image *image, const char *url, const uint8_t *sha) {
    struct updraft_cbor_writer writer = {.data = offer_bytes, .size = sizeof offer_bytes};
    updraft_cbor_write_map(&writer, offer_again ? 7 : 6);
    updraft_cbor_write_uint(&writer, 1);
    updraft_cbor_write_bytes(&writer, image->digest, 32);
    updraft_cbor_write_uint(&writer, 2);
    updraft_cbor_write_text(&writer, "1.1.0");
    updraft_cbor_write_uint(&writer, 3);
    updraft_cbor_write_text(&writer, url);
    updraft_cbor_write_uint(&writer, 4);
    updraft_cbor_write_uint(&writer, image->size);
    updraft_cbor_write_uint(&writer, 5);
    updraft_cbor_write_bytes(&writer, sha, 32);
    updraft_cbor_write_uint(&writer, 6);
    updraft_cbor_write_uint(&writer, 0);
    if (offer_again) {
        updraft_cbor_write_uint(&writer, 7);
        updraft_cbor_write_bool(&writer, true);
    }
    server.file = image->bytes;
    server.file_length = image->size;
    server.offer = offer_bytes;
    server.offer_length = writer.length;
}

// ---- one device

static void new_device(uint32_t erase_unit, uint8_t unit, bool ecc) {
    memset(&server, 0, sizeof server);
    server.next_check_in = 60;
    static struct updraft_flash_region region;
    region = (struct updraft_flash_region){0x1000, erase_unit, 256 * 1024 / erase_unit};
    if (flash != NULL)
        sim_destroy(flash);
    flash = sim_create(&region, 1, unit, ecc);
    uint32_t slot = (48 * 1024 + erase_unit - 1) / erase_unit * erase_unit;
    uint32_t log = 16 * 1024 > erase_unit ? 16 * 1024 : erase_unit, base = region.address;
    layout = (struct updraft_layout){.board = "stm32f407",
                                     .log = {{&flash->flash, base, log}, {&flash->flash, base + log, log}},
                                     .running = {&flash->flash, base + 2 * log, slot},
                                     .staging = {&flash->flash, base + 2 * log + slot, slot + erase_unit},
                                     .swap_unit = erase_unit,
                                     .header_size = 512};
    EXPECT(updraft_area_erase(&layout.running, 0, slot) == UPDRAFT_OK);
    EXPECT(updraft_area_program(&layout.running, 0, old_image.bytes, (old_image.size + 31) / 32 * 32) == UPDRAFT_OK);
    struct updraft_boot_state fresh;
    updraft_boot_state_open(&fresh, &layout);
    fresh.state.phase = UPDRAFT_PHASE_CONFIRMED;
    fresh.state.has_running = 1;
    memcpy(fresh.state.running, old_image.digest, 32);
    EXPECT(updraft_boot_state_append(&fresh) == UPDRAFT_OK);
    test_result = UPDRAFT_TEST_PASSED;
    install_allowed = true;
    flash->power->operations = 0;
}

static struct updraft_boot_state log_now(void) {
    struct updraft_boot_state log;
    updraft_boot_state_open(&log, &layout);
    return log;
}

static char server_address[32];
static const struct updraft_network network = {NULL, net_connect, net_send, net_receive, net_close, net_millis};

// Staging that the agent takes for one outside the chip; power goes in it too.
static struct updraft_area outside[2]; // the file, and the fallback
static bool stage_outside;

static bool outside_block(void *context, uint32_t offset, uint32_t *start, uint32_t *length) {
    *length = updraft_flash_unit(&flash->flash, ((struct updraft_area *)context)->address);
    *start = offset / *length * *length;
    return true;
}

static bool outside_erase(void *context, uint32_t offset, uint32_t length) {
    return updraft_area_erase(context, offset, length) == UPDRAFT_OK;
}

static bool outside_write(void *context, uint32_t offset, const uint8_t *data, uint32_t length) {
    return updraft_area_program(context, offset, data, length) == UPDRAFT_OK;
}

static bool outside_read(void *context, uint32_t offset, uint8_t *data, uint32_t length) {
    return updraft_area_read(context, offset, data, length) == UPDRAFT_OK;
}

static struct updraft_staging staging_outside(int file, const struct updraft_staging *fallback) {
    uint32_t end = layout.staging.address + layout.staging.size;
    outside[file] =
        (struct updraft_area){&flash->flash, end + (uint32_t)file * layout.running.size, layout.running.size};
    return (struct updraft_staging){.context = &outside[file],
                                    .source = UPDRAFT_SOURCE_NOR,
                                    .size = layout.running.size,
                                    .unit = flash->flash.program_unit,
                                    .block = outside_block,
                                    .erase = outside_erase,
                                    .write = outside_write,
                                    .read = outside_read,
                                    .fallback = fallback};
}

static void boot_application(void) {
    static struct updraft_staging fallback;
    net_close(NULL);
    memset(&agent, 0xA5, sizeof agent);
    fallback = staging_outside(1, NULL);
    staging = stage_outside ? staging_outside(0, &fallback) : updraft_staging_slot(&layout);
    config = (struct updraft_agent_config){.id = "d-1",
                                           .token = "secret",
                                           .server = server_address,
                                           .interval = 60,
                                           .layout = &layout,
                                           .range = 8192,
                                           .buffer = buffer,
                                           .buffer_size = sizeof buffer,
                                           .network = &network,
                                           .staging = &staging,
                                           .notify = on_event,
                                           .self_test = self_test,
                                           .may_install = may_install,
                                           .reset = reset};
    told_count = 0;
    last_reason[0] = '\0';
    EXPECT(updraft_agent_start(&agent, &config));
}

enum ended { TIME_UP, RESET, POWER_LOST };

// Lets the agent run for so much virtual time.
static enum ended run(uint32_t seconds) {
    uint32_t end = clock_ms + seconds * 1000;
    if (setjmp(flash->power->gone) != 0) {
        return POWER_LOST;
    }
    if (setjmp(was_reset) != 0) {
        return RESET;
    }
    while ((int32_t)(clock_ms - end) < 0) {
        clock_ms += updraft_agent_poll(&agent) + 1;
    }
    return TIME_UP;
}

// What the bootloader makes of a request, without its checks: the staged image runs on trial.
static void boot_installs(const struct image *image) {
    static uint8_t bytes[48 * 1024];
    struct updraft_boot_state log = log_now();
    EXPECT_EQUAL(UPDRAFT_PHASE_PENDING, log.state.phase);
    EXPECT(memcmp(log.state.pending, image->digest, 32) == 0);
    uint32_t offset = updraft_layout_staged_offset(&layout);
    EXPECT(updraft_area_read(&layout.staging, offset, bytes, image->size) == UPDRAFT_OK);
    EXPECT(memcmp(bytes, image->bytes, image->size) == 0);
    flash->power->cut_at = SIM_NEVER;
    EXPECT(updraft_area_erase(&layout.running, 0, layout.running.size) == UPDRAFT_OK);
    EXPECT(updraft_area_program(&layout.running, 0, image->bytes, (image->size + 31) / 32 * 32) == UPDRAFT_OK);
    log.state.phase = UPDRAFT_PHASE_TRIAL;
    log.state.attempts = 1;
    EXPECT(updraft_boot_state_append(&log) == UPDRAFT_OK);
}

static bool reported(enum updraft_report_event event, const char *reason) {
    for (unsigned i = 0; i < server.report_count; i++) {
        if (server.reports[i].event == (uint32_t)event && strcmp(server.reports[i].reason, reason) == 0) {
            return true;
        }
    }
    return false;
}

static void start_world(void) {
    make_image(&old_image, 0, 9000, "stm32f407");
    make_image(&new_image, 1, 44000, "stm32f407");
    server_port = tiny_server_start(&server);
    snprintf(server_address, sizeof server_address, "127.0.0.1:%u", server_port);
}

static int end_world(const char *suite) {
    net_close(NULL);
    tiny_server_stop();
    return expect_end(suite);
}

#endif
