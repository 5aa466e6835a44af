// Whatever stands in the settings sector; the length and CRC are put right so that the text gets through.
#include "updraft_settings.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    uint8_t sector[1024] = {'U', 'P', 'D', 'S'};
    struct updraft_settings settings;
    (void)updraft_settings_read(&settings, data, size);
    if (size > sizeof sector - 12) {
        return 0;
    }
    memcpy(sector + 12, data, size);
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < size; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xEDB88320U : 0);
        }
    }
    for (int i = 0; i < 4; i++) {
        sector[4 + i] = (uint8_t)(size >> 8 * i);
        sector[8 + i] = (uint8_t)(~crc >> 8 * i);
    }
    (void)updraft_settings_read(&settings, sector, size + 12);
    return 0;
}
