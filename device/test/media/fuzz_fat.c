// A volume that says anything. The input is a list of blocks: number (4 bytes, little-endian) and content (512 bytes,
// the last may be short); all others are zeros. The corpus has such lists of real volumes. Whatever is found is read,
// and no call may take more reads than the largest honest volume would need.
#include <stdlib.h>
#include <string.h>

#include "media/fat.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t *input;
static size_t input_size;
static unsigned long reads;

static bool read_block(void *context, uint32_t block, uint8_t *data) {
    (void)context;
    reads++;
    memset(data, 0, FAT_SECTOR);
    for (size_t at = 0; at + 4 < input_size; at += 4 + FAT_SECTOR) {
        uint32_t number;
        memcpy(&number, input + at, 4);
        if (number != block)
            continue;
        size_t left = input_size - at - 4;
        memcpy(data, input + at + 4, left < FAT_SECTOR ? left : FAT_SECTOR);
        return true;
    }
    return block < 0x10000000;
}

static bool write_block(void *context, uint32_t block, const uint8_t *data) {
    (void)context;
    return block != 0 && data != NULL;
}

static void bounded(unsigned long limit) {
    if (reads > limit)
        abort();
    reads = 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    input = data;
    input_size = size;
    reads = 0;
    uint8_t *sector = malloc(FAT_SECTOR), *out = malloc(5000);
    struct fat_volume volume = {.read = read_block, .write = write_block, .sector = sector};
    struct fat_file file;
    enum { LIMIT = 1 << 20 };
    if (fat_mount(&volume) == FAT_OK) {
        bounded(10);
        // A root directory has 4096 sectors at most, each in a cluster of its own; a file of 1 MB has 2048 clusters.
        if (fat_open(&volume, "UPDATE  UPD", LIMIT, &file) == FAT_OK) {
            bounded(2 * 4096 + 2048 + 1);
            if (file.size > LIMIT)
                abort();
            uint32_t places[] = {0, file.size / 2, file.size > 4097 ? file.size - 4097 : 0};
            for (unsigned i = 0; i < 3; i++) {
                uint32_t length = file.size - places[i] < 4097 ? file.size - places[i] : 4097;
                fat_read(&volume, &file, places[i], out, length);
                fat_write(&volume, &file, places[i], out, length);
                bounded(2 * (2048 + 12));
            }
            if (fat_read(&volume, &file, file.size, out, 1) != FAT_RANGE)
                abort();
        }
        bounded(2 * 4096 + 2048 + 1);
    }
    free(sector);
    free(out);
    return 0;
}
