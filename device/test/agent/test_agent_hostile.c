// The agent against a server, a network and a medium that mean no good, or that are just having a bad day.
#define _POSIX_C_SOURCE 200809L
#include "agent_world.h"

enum { DAY = 24 * 3600 };

// ---- a server that asks for more than is good for the flash

static uint32_t variant;

static void another_file_at_each_check_in(enum updraft_state state) {
    if (state == UPDRAFT_CHECKING_IN) {
        variant++;
        memcpy(new_image.bytes + 600, &variant, 4);
        sha256(new_image.bytes, new_image.size, new_image.sha256);
        new_image.digest[0] = (uint8_t)variant;
        new_image.digest[1] = (uint8_t)(variant >> 8);
        offer(&new_image, "/file", new_image.sha256);
    }
}

static uint32_t most_erases(const struct updraft_area *area) {
    uint32_t most = 0;
    for (uint32_t at = area->address; at < area->address + area->size; at += sim_sector_at(flash, at)->size) {
        most = sim_sector_at(flash, at)->erases > most ? sim_sector_at(flash, at)->erases : most;
    }
    return most;
}

// A small file, so that a download takes next to no time.
static void be_hostile(uint32_t days, bool resets) {
    at_event = another_file_at_each_check_in;
    server.asks_at_once = true;
    boot_application();
    for (uint32_t day = 0; day < days; day++) {
        EXPECT_EQUAL(TIME_UP, run(DAY));
        if (resets) {
            boot_application();
        }
    }
    at_event = NULL;
}

static void the_network_wears_staging_by_four_erases_a_day_at_most(void) {
    static const uint32_t units[] = {2048, 16384};
    make_image(&new_image, 1, 3000, "stm32f407");
    for (int i = 0; i < 2; i++) {
        new_device(units[i], 4, false);
        sim_count_anew(flash);
        uint32_t days = i == 0 ? 2 : 1;
        be_hostile(days, i == 1);
        EXPECT(most_erases(&layout.staging) <= UPDRAFT_JOURNAL_FILES + 4 * days);
        EXPECT(most_erases(&layout.staging) >= UPDRAFT_JOURNAL_FILES + 4 * (days - 1));
        EXPECT(most_erases(&layout.log[0]) <= 3);
    }
    make_image(&new_image, 1, 44000, "stm32f407");
}

// Offers that need no staging to be turned down, and resets in between, cost nothing that lasts.
static void offers_that_cannot_be_taken_write_nothing(void) {
    new_device(4096, 4, false);
    static struct image huge;
    huge = new_image;
    huge.size = 1000000;
    offer(&huge, "/file", huge.sha256);
    boot_application();
    EXPECT_EQUAL(TIME_UP, run(DAY));
    EXPECT(reported(UPDRAFT_REPORT_REFUSED, "too-large"));
    EXPECT_EQUAL(0, flash->power->operations);
}

// A device that runs for a minute each day never sees six hours pass.
static void a_device_that_only_wakes_for_a_moment_is_not_locked_out(void) {
    new_device(4096, 4, false);
    struct updraft_boot_state log = log_now();
    log.state.download.begun = UPDRAFT_JOURNAL_FILES;
    updraft_boot_state_append(&log);
    offer(&new_image, "/file", new_image.sha256);
    unsigned starts = 0;
    enum ended how;
    do {
        boot_application();
        how = run(30);
        starts++;
    } while (how == TIME_UP && starts < 100);
    EXPECT_EQUAL(RESET, how);
    EXPECT_EQUAL(UPDRAFT_JOURNAL_STARTS + 1, starts);
}

static void intervals_are_bounded_both_ways(void) {
    new_device(4096, 4, false);
    server.asks_at_once = true;
    boot_application();
    EXPECT_EQUAL(TIME_UP, run(100));
    EXPECT(server.check_ins >= 17 && server.check_ins <= 21); // every 5 s, and a spread
    new_device(4096, 4, false);
    server.next_check_in = 4000000000U;
    boot_application();
    (void)updraft_agent_poll(&agent);
    EXPECT_EQUAL(1, server.check_ins);
    uint32_t pause = updraft_agent_poll(&agent);
    EXPECT(pause > 6U * DAY * 1000 && pause < 8U * DAY * 1000);
}

// ---- answers that must not stop anything

static void a_refused_report_never_blocks_a_check_in(void) {
    static const unsigned statuses[] = {400, 403, 404, 409, 410, 422, 500, 503};
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        new_device(4096, 4, false);
        struct updraft_boot_state log = log_now();
        log.state.outcome.kind = UPDRAFT_OUTCOME_ROLLED_BACK;
        log.state.outcome.reason = UPDRAFT_REASON_WATCHDOG;
        updraft_boot_state_append(&log);
        offer(&new_image, "/file", new_image.sha256);
        server.report_status = statuses[i];
        boot_application();
        EXPECT_EQUAL(RESET, run(600));
        EXPECT(reported(UPDRAFT_REPORT_ROLLED_BACK, "watchdog"));
        bool given_up = statuses[i] == 400 || statuses[i] == 409 || statuses[i] == 410 || statuses[i] == 422;
        EXPECT_EQUAL(given_up ? UPDRAFT_OUTCOME_NONE : UPDRAFT_OUTCOME_ROLLED_BACK, log_now().state.outcome.kind);
    }
}

static void what_was_given_up_is_not_tried_again_before_that_is_known_to_the_server(void) {
    new_device(4096, 4, false);
    struct updraft_boot_state log = log_now();
    log.state.outcome.kind = UPDRAFT_OUTCOME_ROLLED_BACK;
    log.state.outcome.reason = UPDRAFT_REASON_WATCHDOG;
    memcpy(log.state.outcome.digest, new_image.digest, 32);
    updraft_boot_state_append(&log);
    offer_again = true; // an order from before the server knew
    offer(&new_image, "/file", new_image.sha256);
    server.report_status = 500;
    boot_application();
    EXPECT_EQUAL(TIME_UP, run(1000));
    EXPECT_EQUAL(0, server.fetched);
    offer_again = false;
    offer(&new_image, "/file", new_image.sha256);
    server.report_status = 0;
    EXPECT_EQUAL(TIME_UP, run(1000));
    EXPECT_EQUAL(0, server.fetched);
    offer_again = true;
    offer(&new_image, "/file", new_image.sha256);
    EXPECT_EQUAL(RESET, run(1000));
    boot_installs(&new_image);
    offer_again = false;
}

// ---- polls

static const char *slow_text;
static size_t slow_at, slow_length;

static bool slow_connect(void *context, const char *host, uint16_t port, bool secure) {
    (void)context, (void)host, (void)port, (void)secure;
    slow_at = 0;
    return true;
}

static bool slow_send(void *context, const uint8_t *data, size_t length) {
    (void)context, (void)data, (void)length;
    return true;
}

static int slow_receive(void *context, uint8_t *data, size_t size, uint32_t timeout_ms) {
    uint32_t pause = slow_at < 70 ? 300 : 14000;
    (void)context, (void)size;
    if (timeout_ms < pause || slow_at >= slow_length) {
        clock_ms += timeout_ms;
        return 0;
    }
    clock_ms += pause;
    data[0] = (uint8_t)slow_text[slow_at++];
    return 1;
}

static void a_trickling_server_cannot_hold_a_poll(void) {
    static char text[4096];
    int head = snprintf(text, sizeof text, "HTTP/1.1 200 X\r\nContent-Length: %u\r\n\r\n", 1000);
    memset(text + head, 0xa0, 1000);
    slow_text = text;
    static struct updraft_network slow;
    slow = (struct updraft_network){NULL, slow_connect, slow_send, slow_receive, net_close, net_millis};
    for (slow_length = 10; slow_length < 1040; slow_length += 343) {
        new_device(4096, 4, false);
        boot_application();
        config.network = &slow;
        agent.http.network = &slow;
        for (int i = 0; i < 6; i++) {
            uint32_t start = clock_ms;
            uint32_t pause = updraft_agent_poll(&agent);
            EXPECT(clock_ms - start <= 60000);
            clock_ms += pause + 1;
        }
    }
}

// ---- what is about the moment

static void an_outage_during_the_trial_gives_nothing_up(void) {
    new_device(4096, 4, false);
    offer(&new_image, "/file", new_image.sha256);
    boot_application();
    EXPECT_EQUAL(RESET, run(600));
    boot_installs(&new_image);
    char good[32];
    strcpy(good, server_address);
    strcpy(server_address, "127.0.0.1:1");
    boot_application();
    EXPECT_EQUAL(TIME_UP, run(3600));
    strcpy(server_address, good);
    boot_application(); // as the application would parse its settings anew
    EXPECT_EQUAL(TIME_UP, run(3600));
    EXPECT_EQUAL(UPDRAFT_PHASE_CONFIRMED, log_now().state.phase);

    new_device(4096, 4, false);
    offer(&new_image, "/file", new_image.sha256);
    boot_application();
    EXPECT_EQUAL(RESET, run(600));
    boot_installs(&new_image);
    strcpy(server_address, "127.0.0.1:1");
    boot_application();
    uint32_t start = clock_ms;
    EXPECT_EQUAL(RESET, run(DAY));
    EXPECT(clock_ms - start >= 4 * 3600 * 1000U);
    EXPECT_EQUAL(UPDRAFT_PHASE_REVERTING, log_now().state.phase);
    EXPECT_EQUAL(UPDRAFT_REASON_NETWORK, log_now().state.reason);
    strcpy(server_address, good);
}

static void an_image_that_failed_for_a_reason_of_the_moment_is_tried_again_later(void) {
    static const uint8_t kinds[] = {UPDRAFT_OUTCOME_REFUSED, UPDRAFT_OUTCOME_ROLLED_BACK};
    for (int i = 0; i < 2; i++) {
        new_device(4096, 4, false);
        struct updraft_boot_state log = log_now();
        log.state.outcome.kind = kinds[i];
        log.state.outcome.reason = i == 0 ? UPDRAFT_REASON_FLASH : UPDRAFT_REASON_NETWORK;
        memcpy(log.state.outcome.digest, new_image.digest, 32);
        updraft_boot_state_append(&log);
        offer(&new_image, "/file", new_image.sha256);
        boot_application();
        uint32_t start = clock_ms;
        EXPECT_EQUAL(RESET, run(3600));
        EXPECT(clock_ms - start >= 900000);
        EXPECT(i == 0 ? reported(UPDRAFT_REPORT_FAILED, "flash") : reported(UPDRAFT_REPORT_ROLLED_BACK, "network"));
        boot_installs(&new_image);
    }
}

static bool spoil_reads;

static bool noisy_read(void *context, uint32_t offset, uint8_t *data, uint32_t length) {
    const struct updraft_staging slot = updraft_staging_slot(&layout);
    bool read = slot.read(context, offset, data, length);
    if (spoil_reads && offset <= 600 && offset + length > 600) {
        data[600 - offset] ^= 1;
    }
    return read;
}

static void spoil_once_downloaded(enum updraft_state state) {
    spoil_reads = spoil_reads || state == UPDRAFT_DOWNLOADED;
}

static void memory_that_reads_wrong_is_no_verdict_about_the_image(void) {
    new_device(4096, 4, false);
    offer(&new_image, "/file", new_image.sha256);
    boot_application();
    staging.read = noisy_read;
    at_event = spoil_once_downloaded;
    EXPECT_EQUAL(TIME_UP, run(30));
    EXPECT(reported(UPDRAFT_REPORT_FAILED, "flash"));
    at_event = NULL;
    spoil_reads = false;
    EXPECT_EQUAL(RESET, run(600));
    boot_installs(&new_image);
}

// ---- asked once more

static void what_was_withdrawn_since_it_was_offered_is_not_installed(void) {
    new_device(4096, 4, false);
    offer(&new_image, "/file", new_image.sha256);
    server.offers_left = 2; // the first check-in only
    boot_application();
    EXPECT_EQUAL(TIME_UP, run(1000));
    EXPECT_EQUAL(UPDRAFT_PHASE_CONFIRMED, log_now().state.phase);
    EXPECT_EQUAL(new_image.size, server.fetched);
    server.offers_left = 0; // offered again: it stands there
    EXPECT_EQUAL(RESET, run(1000));
    EXPECT_EQUAL(new_image.size, server.fetched);
    boot_installs(&new_image);
}

static void an_artifact_that_is_gone_is_dropped_and_no_verdict(void) {
    new_device(4096, 4, false);
    offer(&new_image, "/file", new_image.sha256);
    server.cut_after = 3000;
    server.cuts_left = 1;
    boot_application();
    EXPECT_EQUAL(TIME_UP, run(1));
    server.file_status = 410;
    EXPECT_EQUAL(TIME_UP, run(30));
    EXPECT(strcmp(last_reason, "withdrawn") == 0);
    EXPECT_EQUAL(0, log_now().state.download.size);
    EXPECT(!reported(UPDRAFT_REPORT_REFUSED, ""));
    server.file_status = 0;
    EXPECT_EQUAL(RESET, run(600));
    boot_installs(&new_image);
}

// ---- the web as it is

static void a_server_without_ranges_does_not_stop_an_update(void) {
    new_device(4096, 4, false);
    offer(&new_image, "/file", new_image.sha256);
    server.knows_no_ranges = true;
    server.cut_after = 20000;
    server.cuts_left = 2;
    boot_application();
    EXPECT_EQUAL(RESET, run(600));
    boot_installs(&new_image);
    server.knows_no_ranges = false;
}

static void a_redirection_is_followed_and_its_host_does_not_get_the_token(void) {
    char fields[256];
    new_device(4096, 4, false);
    offer(&new_image, "/file", new_image.sha256);
    server.file_status = 302;
    snprintf(fields, sizeof fields, "Location: http://localhost.invalid/x\r\n");
    server.file_fields = fields;
    boot_application();
    EXPECT_EQUAL(TIME_UP, run(3600));
    EXPECT(reported(UPDRAFT_REPORT_FAILED, "network"));
    EXPECT(strcmp(last_detail, "no connection") == 0);
    static const char *const nowhere[] = {"Location: https://\r\n", "Location: //elsewhere.invalid/file\r\n", ""};
    for (int i = 0; i < 3; i++) {
        server.file_fields = nowhere[i];
        EXPECT_EQUAL(TIME_UP, run(600));
        EXPECT(strcmp(last_detail, "302 redirected to an address that is none, or too long") == 0);
    }
    server.file_fields = "Location: /file\r\n";
    EXPECT_EQUAL(TIME_UP, run(600));
    EXPECT(strcmp(last_detail, "302 redirected too often") == 0);
    server.file_status = 404;
    EXPECT_EQUAL(TIME_UP, run(600));
    EXPECT(strcmp(last_detail, "404") == 0);
    server.file_status = 200;
    server.file_fields = "Content-Type: text/html\r\n";
    EXPECT_EQUAL(TIME_UP, run(600));
    EXPECT(strncmp(last_detail, "200 a page for people", 21) == 0);
    server.file_status = 0;
    EXPECT_EQUAL(RESET, run(600));
}

static void a_file_of_another_size_is_told_and_not_taken(void) {
    for (int ranges = 0; ranges < 2; ranges++) {
        new_device(4096, 4, false);
        offer(&new_image, "/file", new_image.sha256);
        server.knows_no_ranges = ranges == 0;
        server.file_length += 100;
        boot_application();
        EXPECT_EQUAL(TIME_UP, run(30));
        EXPECT(strcmp(last_detail + 4, "another size than offered") == 0);
        EXPECT(strncmp(last_detail, ranges == 0 ? "200" : "206", 3) == 0);
        EXPECT_EQUAL(0, log_now().state.download.received);
        server.file_length -= 100;
        EXPECT_EQUAL(RESET, run(600));
        boot_installs(&new_image);
    }
}

static void a_break_costs_no_erase(void) {
    new_device(16384, 4, false);
    offer(&new_image, "/file", new_image.sha256);
    server.cut_after = 1500;
    server.cuts_left = 25;
    sim_count_anew(flash);
    boot_application();
    EXPECT_EQUAL(RESET, run(DAY));
    EXPECT_EQUAL(1, most_erases(&(struct updraft_area){layout.staging.flash,
                                                       layout.staging.address + updraft_layout_staged_offset(&layout),
                                                       new_image.size}));
    boot_installs(&new_image);
}

int main(void) {
    start_world();
    RUN(the_network_wears_staging_by_four_erases_a_day_at_most);
    RUN(offers_that_cannot_be_taken_write_nothing);
    RUN(a_device_that_only_wakes_for_a_moment_is_not_locked_out);
    RUN(intervals_are_bounded_both_ways);
    RUN(a_refused_report_never_blocks_a_check_in);
    RUN(what_was_given_up_is_not_tried_again_before_that_is_known_to_the_server);
    RUN(a_trickling_server_cannot_hold_a_poll);
    RUN(an_outage_during_the_trial_gives_nothing_up);
    RUN(an_image_that_failed_for_a_reason_of_the_moment_is_tried_again_later);
    RUN(memory_that_reads_wrong_is_no_verdict_about_the_image);
    RUN(what_was_withdrawn_since_it_was_offered_is_not_installed);
    RUN(an_artifact_that_is_gone_is_dropped_and_no_verdict);
    RUN(a_server_without_ranges_does_not_stop_an_update);
    RUN(a_redirection_is_followed_and_its_host_does_not_get_the_token);
    RUN(a_file_of_another_size_is_told_and_not_taken);
    RUN(a_break_costs_no_erase);
    return end_world("agent, hostile");
}
