#include "updraft_settings.h"

#include <stdbool.h>
#include <string.h>

enum { HEADER = 12, INTERVAL_MAX = 366 * 24 * 3600 };

static uint32_t word(const uint8_t *data) {
    return (uint32_t)data[0] | (uint32_t)data[1] << 8 | (uint32_t)data[2] << 16 | (uint32_t)data[3] << 24;
}

// CRC-32/ISO-HDLC, as in zip; once at start, so a table is not worth its kilobyte.
static uint32_t crc32(const uint8_t *data, size_t size) {
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < size; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (0xEDB88320U & (0U - (crc & 1U)));
        }
    }
    return ~crc;
}

static bool is_name(const char *name, size_t length, const char *wanted) {
    return strlen(wanted) == length && memcmp(name, wanted, length) == 0;
}

static bool number(const char *text, size_t length, uint32_t *value) {
    uint32_t read = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9' || read > INTERVAL_MAX) {
            return false;
        }
        read = read * 10 + (uint32_t)(text[i] - '0');
    }
    *value = read;
    return length > 0 && read <= INTERVAL_MAX;
}

static enum updraft_settings_status take(struct updraft_settings *settings, const char *name, size_t name_length,
                                         const char *value, size_t length) {
    const struct {
        const char *name;
        char *text;
        size_t size;
    } fields[] = {
        {"id", settings->id, sizeof settings->id},
        {"token", settings->token, sizeof settings->token},
        {"server", settings->server, sizeof settings->server},
        {"ssid", settings->ssid, sizeof settings->ssid},
        {"password", settings->password, sizeof settings->password},
    };
    if (is_name(name, name_length, "interval")) {
        return number(value, length, &settings->interval) ? UPDRAFT_SETTINGS_OK : UPDRAFT_SETTINGS_DAMAGED;
    }
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (is_name(name, name_length, fields[i].name)) {
            if (length >= fields[i].size) {
                return UPDRAFT_SETTINGS_TOO_LONG;
            }
            for (size_t at = 0; at < length; at++) {
                if ((uint8_t)value[at] < ' ') { // would break a request or a command apart
                    return UPDRAFT_SETTINGS_DAMAGED;
                }
            }
            memcpy(fields[i].text, value, length);
            fields[i].text[length] = '\0';
        }
    }
    return UPDRAFT_SETTINGS_OK; // a name that this firmware does not know belongs to a newer one
}

enum updraft_settings_status updraft_settings_read(struct updraft_settings *settings, const uint8_t *data,
                                                   size_t size) {
    memset(settings, 0, sizeof *settings);
    if (size < HEADER || memcmp(data, "UPDS", 4) != 0) {
        return UPDRAFT_SETTINGS_NONE;
    }
    uint32_t length = word(data + 4);
    if (length > size - HEADER || crc32(data + HEADER, length) != word(data + 8)) {
        return UPDRAFT_SETTINGS_DAMAGED;
    }
    const char *line = (const char *)data + HEADER, *end = line + length;
    while (line < end) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        const char *equals = stop == NULL ? NULL : memchr(line, '=', (size_t)(stop - line));
        if (equals == NULL) {
            return UPDRAFT_SETTINGS_DAMAGED;
        }
        enum updraft_settings_status status =
            take(settings, line, (size_t)(equals - line), equals + 1, (size_t)(stop - equals - 1));
        if (status != UPDRAFT_SETTINGS_OK) {
            return status;
        }
        line = stop + 1;
    }
    bool complete = settings->id[0] != '\0' && settings->token[0] != '\0' && settings->server[0] != '\0';
    return complete ? UPDRAFT_SETTINGS_OK : UPDRAFT_SETTINGS_MISSING;
}
