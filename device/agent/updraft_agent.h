// The update agent: the part of Updraft that an application links. It asks the server for an update, brings it into
// staging, has the bootloader install it, and after the reset tests, confirms and reports it.
//
//     static struct updraft_agent agent;
//     updraft_agent_start(&agent, &config);
//     for (;;) {
//         uint32_t pause_ms = updraft_agent_poll(&agent);   // a bounded piece of work
//         ... the application's own work, or sleep for pause_ms ...
//     }
//
// No RTOS is needed; under one, the loop above is a task. Nothing is allocated. A poll blocks for two network exchanges
// or two flash erases (up to 2 s each on the STM32F4) at most. An exchange ends, however slowly bytes come, 30 s after
// the connection stands, and so does a piece of a body after 20 s; how long a connection may take is the driver's (net/
// has the figures). The driver calls the application while it waits.
#ifndef UPDRAFT_AGENT_H
#define UPDRAFT_AGENT_H

#include "updraft_fetch.h"
#include "updraft_http.h"
#include "updraft_journal.h"
#include "updraft_network.h"
#include "updraft_preserve.h"
#include "updraft_protocol.h"
#include "updraft_staging.h"
#include "updraft_trial.h"

enum updraft_state {
    UPDRAFT_STARTING = 0,
    UPDRAFT_TRIAL,       // this image runs on trial
    UPDRAFT_CHECKING_IN, //
    UPDRAFT_UP_TO_DATE,  // the server has nothing (new) for this device
    UPDRAFT_DOWNLOADING, // percent says how far
    UPDRAFT_DOWNLOADED,  // staged whole, SHA-256 right
    UPDRAFT_INSTALLING,  // asked for; the chip resets now
    UPDRAFT_CONFIRMED,   // the update to this image succeeded
    UPDRAFT_ROLLED_BACK, // the image in `digest` ran and was taken back; reason says why
    UPDRAFT_REFUSED,     // the image in `digest` was not installed; reason says why
    UPDRAFT_FAILED,      // a check-in or download failed; it is tried again by itself
};

// What the application is told at each change.
struct updraft_event {
    enum updraft_state state;
    const char *version;   // the offered version, where one is known; else ""
    const uint8_t *digest; // 32 bytes, the image it is about; NULL where there is none
    const char *reason;    // as in docs/reference/device-protocol.md; NULL where nothing went wrong
    const char *detail;    // what exactly was wrong, for people, while notify runs; NULL where there is no more to say
    uint8_t percent;       // while downloading
};

// All pointers must stay valid while the agent is used.
struct updraft_agent_config {
    const char *id, *token;              // who this device is
    const char *server;                  // host:port, or http(s)://host[:port]
    const struct updraft_layout *layout; // of the board, as the bootloader was built with it
    uint32_t interval;                   // seconds between check-ins until the server says otherwise; 0: 3600
    uint32_t range;                      // bytes asked for in one request, 0: 32 KiB
    uint32_t trial_seconds;              // how long a self-test may stay UPDRAFT_TEST_RUNNING; 0: 600
    uint32_t outage_seconds;             // ... while no server was reached, which may be nobody's fault; 0: four hours
    uint8_t *buffer;                     // work space: at least 512 bytes, a multiple of staging's unit
    size_t buffer_size;
    const struct updraft_network *network;
    const struct updraft_staging *staging;
    void *context; // handed to the functions below
    void (*notify)(void *context, const struct updraft_event *event);
    // Called at each poll while this image is on trial. `reached_server` is true once a check-in was answered since the
    // reset: an image that can no longer reach its server could not be updated again, so most self-tests will want to
    // wait for that.
    enum updraft_self_test (*self_test)(void *context, bool reached_server);
    bool (*may_install)(void *context); // NULL: always; false puts the installation (and the reset) off
    void (*feed)(void);                 // feeds the watchdog during long sums; NULL: none
    void (*reset)(void *context);       // resets the chip; does not return on a device
};

enum updraft_agent_phase {
    UPDRAFT_AGENT_START,
    UPDRAFT_AGENT_CHECK_IN,
    UPDRAFT_AGENT_FALLBACK,
    UPDRAFT_AGENT_DOWNLOAD,
    UPDRAFT_AGENT_VERIFY,
    UPDRAFT_AGENT_INSTALL
};

struct updraft_agent {
    const struct updraft_agent_config *config;
    struct updraft_journal journal;
    struct updraft_http_address server;
    struct updraft_http_client http;
    struct updraft_preserve fallback;
    struct updraft_fetch download;
    enum updraft_agent_phase phase;
    uint32_t wake_at;          // millis before which there is nothing to do
    uint32_t started_at;       // millis
    uint32_t interval;         // seconds between check-ins now
    uint32_t range;            // bytes asked for in one request
    uint32_t capabilities;     // UPDRAFT_CAN_..., as the bootloader on this chip says
    uint32_t paid_back_at;     // millis when one more file may be begun
    uint32_t got;              // bytes of the download at its last failure
    uint32_t deferred_at;      // millis since which the image below waits
    uint8_t deferred[32];      // digest of the image that failed for a reason of the moment
    uint8_t staged_sha256[32]; // of the file that waits to be installed
    uint8_t failures;          // in a row, for the pause before the next try
    uint8_t percent;           // last one told
    bool defers;               // `deferred` is set
    bool begun;                // the download was taken up
    bool allowed;              // the server was asked once more, and still offers what is staged
    bool waits;                // staging was erased too often lately: told, and this start counted
    bool outcome_tried;        // since the last check-in
    bool reached_server;       // since start
    bool trial_reported;       // since start
};

// False when the configuration cannot work (server address, id, buffer) or the running slot holds no image.
bool updraft_agent_start(struct updraft_agent *agent, const struct updraft_agent_config *config);

// Does the next piece of work; answers after how many milliseconds it wants to be called again (0: at once).
uint32_t updraft_agent_poll(struct updraft_agent *agent);

// The next poll checks in, whatever the pause was.
void updraft_agent_check_now(struct updraft_agent *agent);

#endif
