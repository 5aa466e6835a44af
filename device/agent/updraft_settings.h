// Reads a device's settings sector (docs/reference/device-settings.md).
#ifndef UPDRAFT_SETTINGS_H
#define UPDRAFT_SETTINGS_H

#include <stddef.h>
#include <stdint.h>

enum updraft_settings_status {
    UPDRAFT_SETTINGS_OK = 0,
    UPDRAFT_SETTINGS_NONE,    // no magic: never written
    UPDRAFT_SETTINGS_DAMAGED, // length or CRC wrong, or a line that is not name=value
    UPDRAFT_SETTINGS_MISSING, // id, token or server is not among them
    UPDRAFT_SETTINGS_TOO_LONG // a value longer than its field
};

struct updraft_settings {
    char id[65];
    char token[129];
    char server[96]; // host:port
    char ssid[33];
    char password[65];
    uint32_t interval; // seconds, 0 where it is not given
};

// data: the sector from its first byte, size: how much of it may be read.
enum updraft_settings_status updraft_settings_read(struct updraft_settings *settings, const uint8_t *data, size_t size);

#endif
