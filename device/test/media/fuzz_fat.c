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
    memset(data, 0, UPDRAFT_FAT_SECTOR);
    for (size_t at = 0; at + 4 < input_size; at += 4 + UPDRAFT_FAT_SECTOR) {
        uint32_t number;
        memcpy(&number, input + at, 4);
        if (number != block)
            continue;
        size_t left = input_size - at - 4;
        memcpy(data, input + at + 4, left < UPDRAFT_FAT_SECTOR ? left : UPDRAFT_FAT_SECTOR);
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
    uint8_t *sector = malloc(UPDRAFT_FAT_SECTOR), *out = malloc(5000);
    struct updraft_fat_volume volume = {.read = read_block, .write = write_block, .sector = sector};
    struct updraft_fat_file file;
    enum { LIMIT = 1 << 20 };
    if (updraft_fat_mount(&volume) == UPDRAFT_FAT_OK) {
        bounded(10);
        // A root directory has 4096 sectors at most, each in a cluster of its own; a file of 1 MB has 2048 clusters.
        if (updraft_fat_open(&volume, "UPDATE  UPD", LIMIT, &file) == UPDRAFT_FAT_OK) {
            bounded(2 * 4096 + 2048 + 1);
            if (file.size > LIMIT)
                abort();
            uint32_t places[] = {0, file.size / 2, file.size > 4097 ? file.size - 4097 : 0};
            for (unsigned i = 0; i < 3; i++) {
                uint32_t length = file.size - places[i] < 4097 ? file.size - places[i] : 4097;
                updraft_fat_read(&volume, &file, places[i], out, length);
                updraft_fat_write(&volume, &file, places[i], out, length);
                bounded(2 * (2048 + 12));
            }
            if (updraft_fat_read(&volume, &file, file.size, out, 1) != UPDRAFT_FAT_RANGE)
                abort();
        }
        bounded(2 * 4096 + 2048 + 1);
    }
    free(sector);
    free(out);
    return 0;
}
