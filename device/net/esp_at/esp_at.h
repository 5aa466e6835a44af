// Driver for a Wi-Fi module that runs ESP-AT (Espressif's AT firmware, 2.0 and later), on a UART.
//
// Data is fetched in passive receive mode only: the module keeps it until it is asked, so nothing is lost while the
// processor stands still in a flash erase (1 to 2 s on single-bank chips). Only short notices come unasked; RTS/CTS
// holds those back.
#ifndef UPDRAFT_NET_ESP_AT_H
#define UPDRAFT_NET_ESP_AT_H

#include "updraft_network.h"

// The UART and the clock, from the application.
struct updraft_esp_at_port {
    void *context;
    // Sends all bytes, waiting while the module holds CTS.
    void (*write)(void *context, const uint8_t *data, size_t length);
    // Takes what has been received, up to size bytes; 0 when there is nothing. Received bytes are expected in a ring
    // buffer that an interrupt fills: 256 bytes are enough with RTS/CTS, 2 KB without.
    size_t (*read)(void *context, uint8_t *data, size_t size);
    uint32_t (*millis)(void *context);
    // Called over and over while the driver waits: feed the watchdog, sleep until the next interrupt.
    void (*idle)(void *context);
};

enum updraft_esp_at_result {
    UPDRAFT_ESP_AT_OK = 0,
    UPDRAFT_ESP_AT_ERROR,      // the module said ERROR
    UPDRAFT_ESP_AT_SILENT,     // no answer in time
    UPDRAFT_ESP_AT_BUSY,       // with another command, for the whole time
    UPDRAFT_ESP_AT_RESTARTED,  // the module reset itself meanwhile
    UPDRAFT_ESP_AT_UNSUITABLE, // its firmware has no passive receive mode
    UPDRAFT_ESP_AT_WRONG_PASSWORD,
    UPDRAFT_ESP_AT_NO_ACCESS_POINT,
};

struct updraft_esp_at {
    const struct updraft_esp_at_port *port;
    const char *ssid, *password; // must stay where they are: the driver joins again by itself
    bool ready;                  // set up since the module's last reset
    bool joined;                 // has an address
    bool open;                   // a TCP connection stands
    bool waiting;                // the module has (or may have) data for us
    bool out_of_step;            // an answer is outstanding that nobody waits for any more
    bool old_receive_mode;       // knows CIPRECVMODE (up to 3.2), not CIPRECVTYPE (3.3 and later)
    uint8_t length;              // of line
    uint16_t taken, filled;      // of input
    uint32_t data_length;        // see the driver's next()
    char line[80];
    uint8_t input[64];
};

void updraft_esp_at_start(struct updraft_esp_at *esp, const struct updraft_esp_at_port *port, const char *ssid,
                          const char *password);

// Sets the module up and joins the network; blocks up to half a minute. Safe to call at any time; does nothing when
// joined.
enum updraft_esp_at_result updraft_esp_at_join(struct updraft_esp_at *esp);

// Sends a command of the application's own ("AT+CIPSSLCCONF=2,0,0") and waits for its result.
enum updraft_esp_at_result updraft_esp_at_command(struct updraft_esp_at *esp, const char *command, uint32_t timeout_ms);

// The driver as the agent's network; joins again when the network was lost.
struct updraft_network updraft_esp_at_network(struct updraft_esp_at *esp);

#endif
