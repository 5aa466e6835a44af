// SMP for an application: uploads go to staging, with the same marks, checks and bootloader as for every other way, and
// are taken up again after a power cut. An application gives bytes in, and a function that takes bytes out:
//
//     static struct updraft_smp_application smp;
//     updraft_smp_application_start(&smp, &config);
//     for (;;) {
//         while ((byte = uart_read()) >= 0)
//             updraft_smp_application_console(&smp, (uint8_t)byte);  // or _raw
//         updraft_smp_application_poll(&smp, millis());
//         ... the application's own work ...
//     }
//
// Over Bluetooth: what is written to the SMP characteristic goes to _raw, and `write` notifies in pieces of the MTU
// less 3 bytes. Over UDP: one datagram is one call of _raw, and one `write` one datagram. Only `write` and the watchdog
// wait; a call that gets the last byte of a piece erases and programs flash, up to some seconds on the STM32F4.
#ifndef UPDRAFT_SMP_APPLICATION_H
#define UPDRAFT_SMP_APPLICATION_H

#include "updraft_journal.h"
#include "updraft_smp.h"
#include "updraft_staging.h"
#include "updraft_trial.h"

// Updraft's own commands (docs/reference/smp.md): who the device is and what it runs, and how its last update ended, as
// the device protocol has both.
enum {
    UPDRAFT_SMP_GROUP = 0x5544, // "UD"
    UPDRAFT_SMP_CHECK_IN = UPDRAFT_SMP_GROUP << 16 | 0 << 8 | 0,
    UPDRAFT_SMP_OUTCOME = UPDRAFT_SMP_GROUP << 16 | 0 << 8 | 1,
    UPDRAFT_SMP_ACKNOWLEDGE = UPDRAFT_SMP_GROUP << 16 | 2 << 8 | 1,
};

// What a client wants to change.
enum updraft_smp_change {
    UPDRAFT_SMP_TO_UPLOAD,
    UPDRAFT_SMP_TO_ERASE,
    UPDRAFT_SMP_TO_TEST, // install at the next reset
    UPDRAFT_SMP_TO_CONFIRM,
    UPDRAFT_SMP_TO_RESET,
};

// All pointers must stay valid while it is used.
struct updraft_smp_application_config {
    const char *id; // who this device is
    const struct updraft_layout *layout;
    const struct updraft_staging *staging;
    struct updraft_journal *journal; // the agent's, where one runs too (&agent.journal); NULL: its own
    uint8_t *buffer;                 // at least UPDRAFT_SMP_BUFFER_MIN bytes
    uint16_t buffer_size;
    uint8_t buffers;         // requests that the pipe holds while one is answered; 1 where flash stops the processor
    uint32_t trial_seconds;  // as of the agent (updraft_trial.h); 0: the usual
    uint32_t outage_seconds; // ... while no client was heard of
    void *context;           // handed to the functions below
    void (*write)(void *context, const uint8_t *data, uint32_t length);
    // The gate: NULL lets it happen, else it is refused with this reason ("moving", "battery", "not paired"). May be
    // NULL: then everything is allowed to everybody who has the wire.
    const char *(*refuse)(void *context, enum updraft_smp_change change);
    // As of the agent; `heard` is true once a client asked for anything since the reset.
    enum updraft_self_test (*self_test)(void *context, bool heard);
    void (*feed)(void); // feeds the watchdog during long sums; NULL: none
    void (*reset)(void *context);
};

struct updraft_smp_application {
    const struct updraft_smp_application_config *config;
    struct updraft_smp_config server_config;
    struct updraft_smp_server server;
    struct updraft_journal *journal, own;
    struct updraft_file file;                       // that is being uploaded
    const char *reason;                             // why the last request was refused
    uint32_t at;                                    // bytes staged
    uint32_t marked;                                // bytes of which the boot state knows
    uint32_t started_at, paid_back_at, quiet_since; // millis
    uint32_t received;                              // of a packet at the last poll
    bool started;                                   // started_at is set
    bool live;        // staging holds what was uploaded of `file`, and what follows is as it was left
    bool to_recovery; // at the reset that was granted
    bool heard;       // a client asked for anything
};

// False when the running slot holds no image or the configuration cannot work.
bool updraft_smp_application_start(struct updraft_smp_application *smp,
                                   const struct updraft_smp_application_config *config);

// What came in, in lines of a console or as whole packets (updraft_smp.h).
void updraft_smp_application_console(struct updraft_smp_application *smp, uint8_t byte);
void updraft_smp_application_raw(struct updraft_smp_application *smp, const uint8_t *data, uint32_t length);

// Watches over a trial, drops what was received of a packet after a second of silence. Call it at least once a second.
void updraft_smp_application_poll(struct updraft_smp_application *smp, uint32_t millis);

#endif
