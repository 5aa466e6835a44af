// Any bytes as a packed image: what unpacking gives is read at any offset, and reads the same a second time.
#include <stdlib.h>
#include <string.h>

#include "unpack.h"
#include "updraft_bytes.h"

enum { ROOM = 4096 }; // a running slot

struct stored {
    const uint8_t *data;
    uint32_t size;
};

static enum updraft_status read_stored(void *context, uint32_t offset, void *data, uint32_t length) {
    const struct stored *stored = context;
    if (offset > stored->size || length > stored->size - offset)
        __builtin_trap(); // the packed image is never read outside of its size
    memcpy(data, stored->data + offset, length);
    return UPDRAFT_OK;
}

static enum updraft_status read_unpacked(void *context, uint32_t offset, void *data, uint32_t length) {
    return boot_unpack_read(context, offset, data, length);
}

static void feed(void) {}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct boot_unpack unpack;
    struct stored stored = {data, (uint32_t)size};
    struct updraft_reader reader = {&stored, read_stored, (uint32_t)size};
    struct updraft_reader unpacked = {&unpack, read_unpacked, ROOM};
    struct updraft_image image;
    if (updraft_image_open(&image, &reader) != UPDRAFT_OK ||
        boot_unpack_open(&unpack, &reader, &image, feed) != UPDRAFT_OK ||
        updraft_image_open(&image, &unpacked) != UPDRAFT_OK)
        return 0;
    if (image.total_size > ROOM)
        __builtin_trap();
    uint8_t *whole = malloc(image.total_size), *again = malloc(image.total_size);
    if (whole != NULL && again != NULL && boot_unpack_read(&unpack, 0, whole, image.total_size) == UPDRAFT_OK) {
        uint32_t from = size > 0 ? data[size - 1] * 16U % image.total_size : 0;
        if (boot_unpack_read(&unpack, from, again, image.total_size - from) != UPDRAFT_OK ||
            memcmp(whole + from, again, image.total_size - from) != 0)
            __builtin_trap();
    }
    free(whole);
    free(again);
    return 0;
}
