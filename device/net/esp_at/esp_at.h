// Driver for a Wi-Fi module that runs ESP-AT (Espressif's AT firmware, 2.0 and later), on a UART.
//
// Data is fetched in passive receive mode only: the module keeps it until it is asked, so nothing is lost while the
// processor stands still in a flash erase (1 to 2 s on single-bank chips). Only short notices come unasked; RTS/CTS
// holds those back. A module honours RTS/CTS only once it is told to (AT+UART_CUR, forgotten at each of its resets):
// the driver does so and reads it back before it uses the module.
//
// On "https" the module is told, each time, to verify the server's certificate against the CA in its own flash
// (AT+CIPSSLCCONF=2) and to name the server (AT+CIPSSLCSNI), whatever it was set up for; one that cannot is not used.
#ifndef UPDRAFT_NET_ESP_AT_H
#define UPDRAFT_NET_ESP_AT_H

#include "net/at/at.h"
#include "updraft_network.h"

enum updraft_esp_at_result {
    UPDRAFT_ESP_AT_OK = 0,
    UPDRAFT_ESP_AT_ERROR,      // the module said ERROR
    UPDRAFT_ESP_AT_SILENT,     // no answer in time, or bytes were lost
    UPDRAFT_ESP_AT_BUSY,       // with another command, for the whole time
    UPDRAFT_ESP_AT_RESTARTED,  // the module reset itself meanwhile
    UPDRAFT_ESP_AT_UNSUITABLE, // its firmware has no passive receive mode
    UPDRAFT_ESP_AT_WRONG_PASSWORD,
    UPDRAFT_ESP_AT_NO_ACCESS_POINT,
    UPDRAFT_ESP_AT_NO_FLOW_CONTROL, // it does not take up RTS/CTS
    UPDRAFT_ESP_AT_NO_VERIFICATION, // its firmware cannot verify certificates
    UPDRAFT_ESP_AT_REFUSED,         // no connection to the server: address, port, or certificate
};

struct updraft_esp_at {
    struct updraft_at at;
    const char *ssid, *password;     // must stay where they are: the driver joins again by itself
    enum updraft_esp_at_result last; // why the last connection was not opened
    bool ready;                      // set up since the module's last reset
    bool joined;                     // has an address
    bool open;                       // a TCP connection stands
    bool unclean;                    // one may stand that nobody uses
    bool secure;                     // it is TLS: the module's counts are of encrypted bytes
    bool waiting;                    // the module may have data for us
    bool old_receive_mode;           // knows CIPRECVMODE (up to 3.2), not CIPRECVTYPE (3.3 and later)
    bool inexact;                    // has been seen to give fewer bytes than it counts, in whole answers
    bool knows_time;                 // for the dates in certificates
    bool asked_time;
    uint8_t oddities;   // answers in a row that a lost byte would explain as well as another firmware
    uint16_t piece;     // bytes asked for at once at most: what the module finds memory for
    uint32_t available; // bytes that the module said it has for us and that were not fetched
    uint32_t ask_at;    // when to ask for data though no notice came
};

void updraft_esp_at_start(struct updraft_esp_at *esp, const struct updraft_at_port *port, const char *ssid,
                          const char *password);

// Sets the module up and joins the network; blocks up to half a minute. Safe to call at any time; does nothing when
// joined.
enum updraft_esp_at_result updraft_esp_at_join(struct updraft_esp_at *esp);

// Sends a command of the application's own ("AT+SLEEP=1") and waits for its result.
enum updraft_esp_at_result updraft_esp_at_command(struct updraft_esp_at *esp, const char *command, uint32_t timeout_ms);

// The driver as the agent's network; joins again when the network was lost.
struct updraft_network updraft_esp_at_network(struct updraft_esp_at *esp);

#endif
