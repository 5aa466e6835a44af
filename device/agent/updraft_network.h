// The way to the server, as the agent sees it: one TCP connection at a time. A driver (net/esp_at, net/w5500, a socket
// on a PC, an RTOS's own stack) fills one of these in.
#ifndef UPDRAFT_NETWORK_H
#define UPDRAFT_NETWORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Calls block, for a bounded time; a driver that waits long calls the application's idle function meanwhile, so that
// the watchdog is fed. After any failure the agent calls `close` before it connects anew.
struct updraft_network {
    void *context;
    // Opens the connection. `secure` asks for TLS; a driver that cannot do it answers false.
    bool (*connect)(void *context, const char *host, uint16_t port, bool secure);
    // Takes all bytes or answers false.
    bool (*send)(void *context, const uint8_t *data, size_t length);
    // 1..size: that many bytes were read; 0: none came within timeout_ms; -1: the connection is closed or failed.
    int (*receive)(void *context, uint8_t *data, size_t size, uint32_t timeout_ms);
    void (*close)(void *context);
    // Milliseconds since some moment, wrapping at 2^32. Must go on while the device sleeps between two polls.
    uint32_t (*millis)(void *context);
};

#endif
