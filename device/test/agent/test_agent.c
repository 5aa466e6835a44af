// The course of an update, whole and with power cuts.
#define _POSIX_C_SOURCE 200809L
#include "agent_world.h"

static struct image other_board;

// ---- the promises

static void an_update_goes_from_check_in_to_the_confirmed_report(void) {
    new_device(4096, 4, false);
    offer(&new_image, "/file", new_image.sha256);
    boot_application();
    EXPECT_EQUAL(RESET, run(600));
    EXPECT_EQUAL(new_image.size, server.fetched);
    EXPECT_EQUAL(UPDRAFT_REQUEST_STAGING, updraft_request_decode(backup));
    boot_installs(&new_image);
    boot_application();
    EXPECT(strcmp(agent.journal.version, "1.1.0") == 0);
    EXPECT_EQUAL(TIME_UP, run(100));
    static const enum updraft_report_event order[] = {UPDRAFT_REPORT_DOWNLOADING, UPDRAFT_REPORT_DOWNLOADED,
                                                      UPDRAFT_REPORT_INSTALLING, UPDRAFT_REPORT_TRIAL,
                                                      UPDRAFT_REPORT_CONFIRMED};
    EXPECT_EQUAL(5, server.report_count);
    for (unsigned i = 0; i < 5; i++) {
        EXPECT_EQUAL(order[i], server.reports[i].event);
        EXPECT(i == 0 || server.reports[i].seq > server.reports[i - 1].seq);
    }
    EXPECT_EQUAL(UPDRAFT_PHASE_CONFIRMED, log_now().state.phase);
    EXPECT_EQUAL(UPDRAFT_OUTCOME_NONE, log_now().state.outcome.kind);
}

static void nothing_to_do_costs_one_request_and_no_flash(void) {
    new_device(4096, 4, false);
    boot_application();
    EXPECT_EQUAL(TIME_UP, run(3600));
    EXPECT(server.check_ins >= 3600 * 8 / 9 / 60 && server.check_ins <= 61);
    EXPECT_EQUAL(0, flash->power->operations);
    EXPECT_EQUAL(server.check_ins, server.connections); // none stays open in between
}

// A cut at every k-th operation of the download, each on a new device: it ends with the whole file, and fetches little
// twice.
static void power_cuts(uint32_t erase_unit, uint8_t unit, bool ecc, uint32_t every) {
    new_device(erase_unit, unit, ecc);
    offer(&new_image, "/file", new_image.sha256);
    boot_application();
    EXPECT_EQUAL(RESET, run(600));
    uint32_t operations = (uint32_t)flash->power->operations;
    for (uint32_t at = 1; at <= operations; at += every) {
        new_device(erase_unit, unit, ecc);
        offer(&new_image, "/file", new_image.sha256);
        flash->power->cut_at = at - 1;
        boot_application();
        uint32_t cuts = 0;
        enum ended how;
        while ((how = run(600)) == POWER_LOST) {
            cuts++;
            // again, early in the recovery
            flash->power->cut_at = cuts < 3 ? flash->power->operations + at * 7 % 997 : SIM_NEVER;
            boot_application();
        }
        EXPECT_EQUAL(RESET, how);
        EXPECT(server.fetched <= new_image.size + cuts * (8 * 1024 + sizeof buffer + config.range));
        boot_installs(&new_image);
    }
}

static void a_download_resumes_after_power_cuts_in_large_blocks(void) {
    power_cuts(32 * 1024, 4, false, 233);
}

static void a_download_resumes_after_power_cuts_in_small_blocks_with_ecc(void) {
    power_cuts(2048, 8, true, 97);
}

static void a_download_resumes_after_power_cuts_in_large_blocks_with_ecc(void) {
    power_cuts(32 * 1024, 32, true, 41);
}

static bool stands(const struct updraft_area *area, const struct image *image) {
    static uint8_t bytes[48 * 1024];
    return updraft_area_read(area, 0, bytes, image->size) == UPDRAFT_OK &&
           memcmp(bytes, image->bytes, image->size) == 0;
}

static void outside_the_chip_the_running_image_is_copied_first_whatever_power_does(void) {
    uint32_t operations = 1;
    for (uint32_t at = 0; at < operations; at += 331) {
        new_device(4096, 8, true);
        offer(&new_image, "/file", new_image.sha256);
        flash->power->cut_at = at > 0 ? (int64_t)at : SIM_NEVER;
        stage_outside = true;
        boot_application();
        enum ended how;
        while ((how = run(600)) == POWER_LOST)
            boot_application();
        operations = at == 0 ? (uint32_t)flash->power->operations : operations;
        EXPECT_EQUAL(RESET, how);
        struct updraft_state_record state = log_now().state;
        EXPECT_EQUAL(UPDRAFT_PHASE_PENDING, state.phase);
        EXPECT_EQUAL(UPDRAFT_SOURCE_NOR, state.source);
        EXPECT_EQUAL(UPDRAFT_FALLBACK_COPY, state.has_fallback);
        EXPECT_EQUAL(UPDRAFT_SOURCE_NOR, state.fallback);
        EXPECT(stands(&outside[0], &new_image) && stands(&outside[1], &old_image));
        stage_outside = false;
    }
}

static void a_broken_connection_costs_a_buffer_not_the_download(void) {
    new_device(4096, 4, false);
    offer(&new_image, "/file", new_image.sha256);
    server.cut_after = 3000;
    server.cuts_left = 5;
    server.close_always = true;
    boot_application();
    EXPECT_EQUAL(RESET, run(600));
    EXPECT(server.fetched <= new_image.size + 5 * sizeof buffer);
    boot_installs(&new_image);
}

static void a_wrong_download_is_tried_again_but_not_for_ever(void) {
    new_device(4096, 4, false);
    offer(&new_image, "/file", old_image.sha256);
    boot_application();
    EXPECT_EQUAL(TIME_UP, run(3600));
    EXPECT(reported(UPDRAFT_REPORT_FAILED, "download"));
    EXPECT(reported(UPDRAFT_REPORT_FAILED, "wear"));
    EXPECT_EQUAL(UPDRAFT_JOURNAL_FILES * new_image.size, server.fetched);
    offer(&new_image, "/file", new_image.sha256); // the line or the server was mended: nothing was given up
    EXPECT_EQUAL(RESET, run(6 * 3600));
    boot_installs(&new_image);
}

static void an_image_that_cannot_run_here_is_refused_once_without_a_reset(void) {
    static struct image wrong_digest;
    new_device(4096, 4, false);
    offer(&other_board, "/file", other_board.sha256);
    boot_application();
    EXPECT_EQUAL(TIME_UP, run(1000));
    EXPECT(reported(UPDRAFT_REPORT_REFUSED, "board"));
    EXPECT_EQUAL(other_board.size, server.fetched);

    wrong_digest = new_image;
    wrong_digest.bytes[1000] ^= 1; // what the publisher signed is not what the server has
    sha256(wrong_digest.bytes, wrong_digest.size, wrong_digest.sha256);
    new_device(4096, 4, false);
    offer(&wrong_digest, "/file", wrong_digest.sha256);
    boot_application();
    EXPECT_EQUAL(TIME_UP, run(1000));
    EXPECT(reported(UPDRAFT_REPORT_REFUSED, "digest"));
    EXPECT_EQUAL(wrong_digest.size, server.fetched);

    new_device(4096, 4, false);
    static struct image huge;
    huge = new_image;
    huge.size = 1000000;
    offer(&huge, "/file", huge.sha256);
    boot_application();
    EXPECT_EQUAL(TIME_UP, run(1000));
    EXPECT(reported(UPDRAFT_REPORT_REFUSED, "too-large"));
    EXPECT_EQUAL(0, server.fetched);
    EXPECT_EQUAL(UPDRAFT_PHASE_CONFIRMED, log_now().state.phase);
}

static void an_outcome_is_reported_with_the_same_number_until_it_is_acknowledged(void) {
    new_device(4096, 4, false);
    offer(&new_image, "/file", new_image.sha256);
    struct updraft_boot_state log = log_now();
    log.state.outcome.kind = UPDRAFT_OUTCOME_ROLLED_BACK;
    log.state.outcome.reason = UPDRAFT_REASON_WATCHDOG;
    memcpy(log.state.outcome.digest, new_image.digest, 32);
    updraft_boot_state_append(&log);
    server.lose_acknowledgements = 3;
    boot_application();
    EXPECT_EQUAL(TIME_UP, run(2));
    boot_application();
    EXPECT_EQUAL(TIME_UP, run(300));
    EXPECT_EQUAL(4, server.report_count);
    for (unsigned i = 0; i < server.report_count; i++) {
        EXPECT_EQUAL(UPDRAFT_REPORT_ROLLED_BACK, server.reports[i].event);
        EXPECT_EQUAL(server.reports[0].seq, server.reports[i].seq);
        EXPECT(strcmp("watchdog", server.reports[i].reason) == 0);
    }
    EXPECT_EQUAL(0, server.fetched); // what was taken back is not tried again by itself
}

static void a_server_in_trouble_is_left_alone_as_long_as_it_asks(void) {
    new_device(4096, 4, false);
    server.check_in_status = 503;
    server.retry_after = 120;
    boot_application();
    EXPECT_EQUAL(TIME_UP, run(1000));
    EXPECT(server.check_ins >= 7 && server.check_ins <= 9);
    server.check_in_status = 401;
    server.retry_after = 0;
    boot_application();
    EXPECT_EQUAL(TIME_UP, run(1000));
    EXPECT(strcmp(last_reason, "token") == 0);
    EXPECT(server.check_ins < 60);
}

static void a_trial_ends_in_rejection_or_reset_when_the_test_does_not_pass(void) {
    new_device(4096, 4, false);
    offer(&new_image, "/file", new_image.sha256);
    boot_application();
    EXPECT_EQUAL(RESET, run(600));
    boot_installs(&new_image);
    test_result = UPDRAFT_TEST_RUNNING;
    boot_application();
    uint32_t start = clock_ms;
    EXPECT_EQUAL(RESET, run(1000));
    EXPECT(clock_ms - start >= 600000 && clock_ms - start < 700000);
    EXPECT_EQUAL(UPDRAFT_PHASE_TRIAL, log_now().state.phase); // the bootloader counts the attempts
    test_result = UPDRAFT_TEST_FAILED;
    boot_application();
    EXPECT_EQUAL(RESET, run(1000));
    EXPECT_EQUAL(UPDRAFT_PHASE_REVERTING, log_now().state.phase);
    EXPECT_EQUAL(UPDRAFT_REASON_SELF_TEST, log_now().state.reason);
}

static void installing_waits_until_the_application_allows_it(void) {
    new_device(4096, 4, false);
    offer(&new_image, "/file", new_image.sha256);
    install_allowed = false;
    boot_application();
    EXPECT_EQUAL(TIME_UP, run(600));
    EXPECT_EQUAL(UPDRAFT_PHASE_CONFIRMED, log_now().state.phase);
    install_allowed = true;
    EXPECT_EQUAL(RESET, run(10));
    boot_installs(&new_image);
}

static void a_configuration_that_cannot_work_is_refused_at_the_start(void) {
    new_device(4096, 4, false);
    boot_application();
    config.server = "no port:here";
    EXPECT(!updraft_agent_start(&agent, &config));
    config.server = server_address;
    config.buffer_size = 511;
    EXPECT(!updraft_agent_start(&agent, &config));
    config.buffer_size = 514; // no multiple of what staging programs at once
    EXPECT(!updraft_agent_start(&agent, &config));
    config.buffer_size = 512;
    EXPECT(updraft_agent_start(&agent, &config));
    char id[66];
    memset(id, 'd', 65);
    id[65] = '\0';
    config.id = id;
    EXPECT(!updraft_agent_start(&agent, &config));
    id[64] = '\0';
    EXPECT(updraft_agent_start(&agent, &config));
    EXPECT(updraft_area_erase(&layout.running, 0, layout.running.size) == UPDRAFT_OK);
    EXPECT(!updraft_agent_start(&agent, &config));
}

int main(void) {
    start_world();
    make_image(&other_board, 1, 5000, "stm32l476");
    RUN(an_update_goes_from_check_in_to_the_confirmed_report);
    RUN(nothing_to_do_costs_one_request_and_no_flash);
    RUN(a_download_resumes_after_power_cuts_in_large_blocks);
    RUN(a_download_resumes_after_power_cuts_in_small_blocks_with_ecc);
    RUN(a_download_resumes_after_power_cuts_in_large_blocks_with_ecc);
    RUN(outside_the_chip_the_running_image_is_copied_first_whatever_power_does);
    RUN(a_broken_connection_costs_a_buffer_not_the_download);
    RUN(a_wrong_download_is_tried_again_but_not_for_ever);
    RUN(an_image_that_cannot_run_here_is_refused_once_without_a_reset);
    RUN(an_outcome_is_reported_with_the_same_number_until_it_is_acknowledged);
    RUN(a_server_in_trouble_is_left_alone_as_long_as_it_asks);
    RUN(a_trial_ends_in_rejection_or_reset_when_the_test_does_not_pass);
    RUN(installing_waits_until_the_application_allows_it);
    RUN(a_configuration_that_cannot_work_is_refused_at_the_start);
    return end_world("agent");
}
