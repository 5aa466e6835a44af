// Any bytes as an image: it is opened, and hashed without reading outside them.
#include <string.h>

#include "updraft_digest.h"
#include "updraft_image.h"

struct bytes {
    const uint8_t *data;
    uint32_t size;
};

static enum updraft_status read_bytes(void *context, uint32_t offset, void *data, uint32_t length) {
    const struct bytes *bytes = context;
    if (offset > bytes->size || length > bytes->size - offset)
        __builtin_trap(); // the reader promises never to ask outside of its size
    memcpy(data, bytes->data + offset, length);
    return UPDRAFT_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct bytes bytes = {data, (uint32_t)size};
    struct updraft_reader reader = {&bytes, read_bytes, (uint32_t)size};
    struct updraft_image image;
    uint8_t buffer[64], digest[32];
    if (updraft_image_open(&image, &reader) != UPDRAFT_OK)
        return 0;
    if (image.total_size > size || image.hashed_size > image.total_size)
        __builtin_trap();
    (void)updraft_image_digest(&image, &reader, buffer, sizeof buffer, NULL, digest);
    const struct updraft_tlv *tlvs[] = {&image.digest, &image.key_hash, &image.signature, &image.board};
    for (int i = 0; i < 4; i++)
        if (tlvs[i]->length <= sizeof buffer)
            (void)updraft_image_tlv(&reader, tlvs[i], buffer, tlvs[i]->length);
    return 0;
}
