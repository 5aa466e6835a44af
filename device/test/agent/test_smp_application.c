// SMP in an application: a client of the test's own, written from the protocol, against real staging on a flash whose
// power goes.
#define _POSIX_C_SOURCE 200809L
#include "agent_world.h"
#include "smp/updraft_smp_application.h"

static struct updraft_smp_application smp;
static struct updraft_smp_application_config smp_config;
static uint8_t answer[2048], smp_buffer[1024];
static uint32_t answer_length, sent_bytes;
static const char *gate[5];

static void write_out(void *context, const uint8_t *data, uint32_t length) {
    (void)context;
    EXPECT(length <= sizeof answer - answer_length);
    memcpy(answer + answer_length, data, length);
    answer_length += length;
}

static const char *refuse(void *context, enum updraft_smp_change change) {
    (void)context;
    return gate[change];
}

static void start_smp(void) {
    memset(&smp, 0xA5, sizeof smp);
    staging = updraft_staging_slot(&layout);
    smp_config = (struct updraft_smp_application_config){.id = "d-1",
                                                         .layout = &layout,
                                                         .staging = &staging,
                                                         .buffer = smp_buffer,
                                                         .buffer_size = sizeof smp_buffer,
                                                         .buffers = 1,
                                                         .write = write_out,
                                                         .refuse = refuse,
                                                         .self_test = self_test,
                                                         .reset = reset};
    memset(gate, 0, sizeof gate);
    EXPECT(updraft_smp_application_start(&smp, &smp_config));
    updraft_smp_application_poll(&smp, clock_ms);
}

// ---- the client

static uint8_t packet[2048];
static uint32_t packet_length;

static void put(const void *bytes, uint32_t length) {
    memcpy(packet + packet_length, bytes, length);
    packet_length += length;
}

static void put_key(const char *key) {
    uint8_t head = (uint8_t)(0x60 + strlen(key));
    put(&head, 1);
    put(key, (uint32_t)strlen(key));
}

static void put_number(const char *key, uint32_t value) {
    uint8_t bytes[5] = {0x1a, (uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8), (uint8_t)value};
    put_key(key);
    put(bytes, sizeof bytes);
}

static void put_bytes(const char *key, const uint8_t *data, uint32_t length) {
    uint8_t head[3] = {0x59, (uint8_t)(length >> 8), (uint8_t)length};
    put_key(key);
    put(head, sizeof head);
    put(data, length);
}

static void begin(unsigned operation, unsigned group, unsigned command) {
    packet_length = 0;
    put((const uint8_t[]){(uint8_t)(8 | operation), 0, 0, 0, (uint8_t)(group >> 8), (uint8_t)group, 9, (uint8_t)command,
                          0xbf},
        9);
}

static void ask(void) {
    put("\xff", 1);
    packet[2] = (uint8_t)((packet_length - 8) >> 8);
    packet[3] = (uint8_t)(packet_length - 8);
    answer_length = 0;
    sent_bytes += packet_length;
    updraft_smp_application_raw(&smp, packet, packet_length);
    EXPECT(answer_length > 8);
    EXPECT_EQUAL(answer_length - 8, (uint32_t)(answer[2] << 8 | answer[3]));
    EXPECT_EQUAL((packet[0] & 7) + 1, answer[0] & 7);
    EXPECT_EQUAL(9, answer[6]);
}

static const uint8_t *found(const char *key) {
    size_t length = strlen(key);
    for (uint32_t at = 8; at + 1 + length < answer_length; at++) {
        if (answer[at] == 0x60 + length && memcmp(answer + at + 1, key, length) == 0)
            return answer + at + 1 + length;
    }
    return NULL;
}

static uint32_t number(const char *key) {
    const uint8_t *at = found(key);
    if (at == NULL)
        return UINT32_MAX;
    unsigned more = *at < 24 ? 0 : 1u << (*at - 24);
    uint32_t value = more == 0 ? *at : 0;
    while (more-- > 0)
        value = value << 8 | *++at;
    return value;
}

static bool holds(const char *key) {
    const uint8_t *at = found(key);
    return at != NULL && *at == 0xf5;
}

static bool refused(unsigned rc, const char *reason) {
    const uint8_t *at = found("rsn");
    bool same = at != NULL && *at == 0x60 + strlen(reason) && memcmp(at + 1, reason, strlen(reason)) == 0;
    if (number("rc") != rc || !same)
        fprintf(stderr, "rc %u, reason %.*s instead of %u %s\n", number("rc"), at != NULL ? *at - 0x60 : 0,
                at != NULL ? (const char *)at + 1 : "", rc, reason);
    return number("rc") == rc && same;
}

static bool granted(void) {
    return number("rc") == UINT32_MAX || number("rc") == 0;
}

enum { PIECE = 700 };

static void send_piece(const struct image *image, uint32_t offset, const uint8_t *sha) {
    uint32_t length = image->size - offset < PIECE ? image->size - offset : PIECE;
    begin(2, 1, 1);
    put_number("off", offset);
    if (offset == 0) {
        put_number("len", image->size);
        if (sha != NULL)
            put_bytes("sha", sha, 32);
    }
    put_bytes("data", image->bytes + offset, length);
    ask();
}

// Sends pieces until the whole of it is taken or something is refused; at most `most` of them.
static uint32_t upload(const struct image *image, const uint8_t *sha, unsigned most) {
    uint32_t offset = 0;
    do {
        send_piece(image, offset, sha);
        offset = granted() ? number("off") : offset;
    } while (granted() && offset < image->size && --most > 0);
    return offset;
}

static void set_state(const uint8_t *hash, bool confirm) {
    begin(2, 1, 0);
    if (hash != NULL)
        put_bytes("hash", hash, 32);
    put_key("confirm");
    put(confirm ? "\xf5" : "\xf4", 1);
    ask();
}

static void read_command(unsigned group, unsigned command) {
    begin(0, group, command);
    ask();
}

static enum ended ask_reset(void) {
    begin(2, 0, 5);
    if (setjmp(was_reset) != 0)
        return RESET;
    ask();
    return TIME_UP;
}

static bool listed(const struct image *image) {
    read_command(1, 0);
    for (uint32_t at = 8; at + 32 <= answer_length; at++) {
        if (memcmp(answer + at, image->digest, 32) == 0)
            return true;
    }
    return false;
}

// ---- the promises

static void an_update_goes_from_upload_to_the_confirmed_report(void) {
    new_device(4096, 4, false);
    start_smp();
    EXPECT(listed(&old_image) && !listed(&new_image));
    EXPECT_EQUAL(new_image.size, upload(&new_image, new_image.sha256, 1000));
    EXPECT(listed(&old_image) && listed(&new_image));
    EXPECT(!holds("pending"));
    set_state(new_image.digest, false);
    EXPECT(granted() && found("pending") != NULL);
    EXPECT_EQUAL(RESET, ask_reset());
    EXPECT_EQUAL(UPDRAFT_REQUEST_STAGING, updraft_request_decode(backup));
    boot_installs(&new_image);
    test_result = UPDRAFT_TEST_RUNNING;
    start_smp();
    read_command(UPDRAFT_SMP_GROUP, 0); // who are you
    EXPECT(memcmp(found("id"),
                  "\x63"
                  "d-1",
                  4) == 0);
    EXPECT(found("check-in") != NULL && found("check-in")[0] == 0x58);
    read_command(UPDRAFT_SMP_GROUP, 1);
    EXPECT(found("report") == NULL);
    set_state(NULL, true);
    EXPECT(granted());
    EXPECT_EQUAL(UPDRAFT_PHASE_CONFIRMED, log_now().state.phase);
    read_command(UPDRAFT_SMP_GROUP, 1);
    uint32_t seq = number("seq");
    EXPECT(found("report") != NULL && seq == log_now().sequence);
    begin(2, UPDRAFT_SMP_GROUP, 1);
    put_number("seq", seq - 1); // another one: nothing is forgotten
    ask();
    EXPECT_EQUAL(UPDRAFT_SMP_NO_ENTRY, number("rc"));
    begin(2, UPDRAFT_SMP_GROUP, 1);
    put_number("seq", seq);
    ask();
    EXPECT(granted());
    EXPECT_EQUAL(UPDRAFT_OUTCOME_NONE, log_now().state.outcome.kind);
}

// A cut at every k-th operation, and again early in the recovery: it ends with the whole file, and little is sent
// twice.
static void power_cuts(uint32_t erase_unit, uint8_t unit, bool ecc, uint32_t every) {
    new_device(erase_unit, unit, ecc);
    start_smp();
    EXPECT_EQUAL(new_image.size, upload(&new_image, new_image.sha256, 1000));
    uint32_t operations = (uint32_t)flash->power->operations;
    for (uint32_t at = 1; at <= operations; at += every) {
        new_device(erase_unit, unit, ecc);
        flash->power->cut_at = at - 1;
        start_smp();
        volatile uint32_t cuts = 0;
        sent_bytes = 0;
        if (setjmp(flash->power->gone) != 0) {
            cuts++;
            flash->power->cut_at = cuts < 3 ? flash->power->operations + at * 7 % 997 : SIM_NEVER;
            start_smp();
        }
        EXPECT_EQUAL(new_image.size, upload(&new_image, new_image.sha256, 1000));
        EXPECT(sent_bytes <= (new_image.size + cuts * (8 * 1024 + PIECE + 32)) * 11 / 10 + 2000);
        flash->power->cut_at = SIM_NEVER;
        set_state(new_image.digest, false);
        boot_installs(&new_image);
    }
}

static void an_upload_resumes_after_power_cuts_in_large_blocks(void) {
    power_cuts(32 * 1024, 4, false, 233);
}

static void an_upload_resumes_after_power_cuts_in_small_blocks_with_ecc(void) {
    power_cuts(2048, 8, true, 97);
}

static void what_cannot_be_an_image_of_ours_erases_nothing(void) {
    new_device(4096, 4, false);
    start_smp();
    static struct image other;
    other = new_image;
    other.bytes[0] ^= 1;
    upload(&other, other.sha256, 1);
    EXPECT(refused(3, "malformed"));
    other = new_image;
    other.size = layout.running.size + 1;
    send_piece(&other, 0, other.sha256);
    EXPECT(refused(2, "too-large"));
    other = new_image;
    other.bytes[14] = 0xff; // longer than the file
    send_piece(&other, 0, other.sha256);
    EXPECT(refused(3, "malformed"));
    begin(2, 1, 1);
    put_number("off", 0);
    put_number("len", old_image.size);
    put_key("upgrade");
    put("\xf5", 1);
    put_bytes("data", old_image.bytes, 600);
    ask();
    EXPECT(refused(3, "version"));
    begin(2, 1, 1);
    put_number("off", 0);
    put_number("len", new_image.size);
    put_bytes("data", new_image.bytes, 31); // less than a header
    ask();
    EXPECT(refused(3, "malformed"));
    EXPECT_EQUAL(0, flash->power->operations);
}

static void the_gate_is_asked_before_every_change(void) {
    new_device(4096, 4, false);
    start_smp();
    gate[UPDRAFT_SMP_TO_UPLOAD] = "moving";
    upload(&new_image, new_image.sha256, 1);
    EXPECT(refused(11, "moving"));
    EXPECT_EQUAL(0, flash->power->operations);
    gate[UPDRAFT_SMP_TO_UPLOAD] = NULL;
    uint32_t half = upload(&new_image, new_image.sha256, 10);
    gate[UPDRAFT_SMP_TO_UPLOAD] = "battery"; // in the middle of it
    send_piece(&new_image, half, NULL);
    EXPECT(refused(11, "battery"));
    gate[UPDRAFT_SMP_TO_UPLOAD] = NULL;
    uint32_t before = sent_bytes;
    EXPECT_EQUAL(new_image.size, upload(&new_image, new_image.sha256, 1000));
    EXPECT(sent_bytes - before < (new_image.size - half) * 11 / 10 + 2000); // and goes on where it was
    gate[UPDRAFT_SMP_TO_TEST] = "not paired";
    set_state(new_image.digest, false);
    EXPECT(refused(11, "not paired"));
    gate[UPDRAFT_SMP_TO_CONFIRM] = "c";
    set_state(NULL, true);
    EXPECT(refused(11, "c"));
    gate[UPDRAFT_SMP_TO_ERASE] = "e";
    begin(2, 1, 5);
    ask();
    EXPECT(refused(11, "e"));
    gate[UPDRAFT_SMP_TO_RESET] = "r";
    EXPECT_EQUAL(TIME_UP, ask_reset());
    EXPECT(refused(11, "r"));
    EXPECT_EQUAL(UPDRAFT_PHASE_CONFIRMED, log_now().state.phase);
    EXPECT(listed(&new_image));
}

static void what_the_bootloader_would_refuse_is_refused_at_its_last_piece(void) {
    static struct image other;
    new_device(4096, 4, false);
    start_smp();
    make_image(&other, 1, 9000, "stm32l476");
    upload(&other, other.sha256, 1000);
    EXPECT(refused(9, "board"));
    EXPECT(!listed(&other));
    upload(&new_image, old_image.sha256, 1000); // the line garbled something
    EXPECT(refused(9, "download"));
    other = new_image;
    other.bytes[5000] ^= 1;
    upload(&other, NULL, 1000); // a client that names no sum
    EXPECT(refused(9, "digest"));
    struct updraft_boot_state log = log_now();
    log.state.counter = 5;
    EXPECT(updraft_boot_state_append(&log) == UPDRAFT_OK);
    start_smp();
    upload(&new_image, new_image.sha256, 1000);
    EXPECT(refused(9, "counter"));
    set_state(new_image.digest, false);
    EXPECT(!granted());
    EXPECT_EQUAL(UPDRAFT_PHASE_CONFIRMED, log_now().state.phase);
}

static void the_same_file_goes_on_and_another_one_starts_anew(void) {
    static struct image other;
    new_device(4096, 4, false);
    start_smp();
    make_image(&other, 2, 40000, "stm32f407");
    uint32_t offset = upload(&new_image, new_image.sha256, 20);
    send_piece(&new_image, 0, new_image.sha256);
    EXPECT_EQUAL(offset, number("off"));
    EXPECT(!listed(&new_image)); // in part, it is none
    set_state(new_image.digest, false);
    EXPECT(refused(5, "no such image"));
    send_piece(&other, 0, other.sha256);
    EXPECT_EQUAL(PIECE / 32 * 32, number("off"));
    EXPECT_EQUAL(other.size, upload(&other, other.sha256, 1000));
    EXPECT(listed(&other));
    EXPECT_EQUAL(new_image.size, upload(&new_image, NULL, 1000)); // no sum, and every time from its beginning
    EXPECT(upload(&new_image, NULL, 1) == PIECE / 32 * 32);
}

static void a_client_cannot_wear_the_flash(void) {
    static struct image others[UPDRAFT_JOURNAL_FILES + 1];
    new_device(4096, 4, false);
    start_smp();
    for (unsigned i = 0; i < UPDRAFT_JOURNAL_FILES; i++) {
        make_image(&others[i], (uint8_t)(i + 1), 3000, "stm32f407");
        EXPECT_EQUAL(others[i].size, upload(&others[i], others[i].sha256, 1000));
    }
    uint32_t operations = (uint32_t)flash->power->operations;
    upload(&new_image, new_image.sha256, 1);
    EXPECT(refused(10, "wear"));
    EXPECT_EQUAL(operations, flash->power->operations);
    start_smp(); // a reset does not help
    upload(&new_image, new_image.sha256, 1);
    EXPECT(refused(10, "wear"));
    clock_ms += (UPDRAFT_JOURNAL_PAID_BACK_S + 1) * 1000;
    updraft_smp_application_poll(&smp, clock_ms);
    EXPECT_EQUAL(new_image.size, upload(&new_image, new_image.sha256, 1000));
    for (unsigned i = 0; i < 2; i++) {
        begin(2, 1, 5);
        ask();
        EXPECT(granted());
        EXPECT(!listed(&new_image));
        operations = i == 0 ? (uint32_t)flash->power->operations : operations;
    }
    EXPECT_EQUAL(operations, flash->power->operations); // what is erased is not erased again
}

static void on_trial_nothing_is_taken_and_the_self_test_decides(void) {
    new_device(4096, 4, false);
    start_smp();
    upload(&new_image, new_image.sha256, 1000);
    set_state(new_image.digest, true); // to confirm what never ran is to try it
    EXPECT(granted());
    begin(2, 1, 5);
    ask();
    EXPECT(refused(6, "pending"));
    boot_installs(&new_image);
    start_smp();
    clock_ms += 599 * 1000;
    updraft_smp_application_poll(&smp, clock_ms);
    EXPECT_EQUAL(UPDRAFT_PHASE_TRIAL, log_now().state.phase); // nobody was heard of yet
    upload(&old_image, old_image.sha256, 1);
    EXPECT(refused(6, "trial"));
    updraft_smp_application_poll(&smp, clock_ms);
    EXPECT_EQUAL(UPDRAFT_PHASE_CONFIRMED, log_now().state.phase);

    new_device(4096, 4, false);
    start_smp();
    upload(&new_image, new_image.sha256, 1000);
    set_state(new_image.digest, false);
    boot_installs(&new_image);
    test_result = UPDRAFT_TEST_FAILED;
    start_smp();
    read_command(1, 0);
    bool reset_came = setjmp(was_reset) != 0;
    if (!reset_came)
        updraft_smp_application_poll(&smp, clock_ms);
    EXPECT(reset_came);
    EXPECT_EQUAL(UPDRAFT_PHASE_REVERTING, log_now().state.phase);
}

static void half_a_packet_goes_after_a_second_of_silence(void) {
    new_device(4096, 4, false);
    start_smp();
    begin(0, 1, 0);
    updraft_smp_application_raw(&smp, packet, 8);
    packet[3] = 200;
    updraft_smp_application_raw(&smp, packet, 8);
    updraft_smp_application_poll(&smp, clock_ms += 10);
    updraft_smp_application_poll(&smp, clock_ms += 1001);
    EXPECT(listed(&old_image));
}

static void the_slots_and_the_bootloader_are_told(void) {
    new_device(4096, 4, false);
    start_smp();
    read_command(1, 6);
    EXPECT(found("upload_image_id") != NULL);
    EXPECT_EQUAL(layout.running.size, number("size"));
    read_command(0, 8);
    EXPECT(found("bootloader") != NULL);
    read_command(0, 2);
    EXPECT_EQUAL(8, number("rc"));
    begin(2, 0, 5);
    put_number("boot_mode", 1);
    if (setjmp(was_reset) == 0)
        ask();
    EXPECT_EQUAL(UPDRAFT_REQUEST_RECOVERY, updraft_request_decode(backup));
}

int main(void) {
    start_world();
    RUN(an_update_goes_from_upload_to_the_confirmed_report);
    RUN(an_upload_resumes_after_power_cuts_in_large_blocks);
    RUN(an_upload_resumes_after_power_cuts_in_small_blocks_with_ecc);
    RUN(what_cannot_be_an_image_of_ours_erases_nothing);
    RUN(the_gate_is_asked_before_every_change);
    RUN(what_the_bootloader_would_refuse_is_refused_at_its_last_piece);
    RUN(the_same_file_goes_on_and_another_one_starts_anew);
    RUN(a_client_cannot_wear_the_flash);
    RUN(on_trial_nothing_is_taken_and_the_self_test_decides);
    RUN(half_a_packet_goes_after_a_second_of_silence);
    RUN(the_slots_and_the_bootloader_are_told);
    printf("smp: %zu bytes of RAM on this PC beside the buffer\n", sizeof smp);
    return end_world("smp, application");
}
