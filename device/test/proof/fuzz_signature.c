// An image with any bytes changed: it is valid only if p256-m itself says that the key made its signature.
#include <p256-m.h>
#include <string.h>

#include "test/boot/device.h"

static struct image changed;

static enum updraft_status read_changed(void *context, uint32_t offset, void *data, uint32_t length) {
    (void)context;
    if (offset > changed.size || length > changed.size - offset)
        __builtin_trap();
    memcpy(data, changed.bytes + offset, length);
    return UPDRAFT_OK;
}

// Each four bytes of the input: an offset from the image's end backwards, where the TLVs are, a new byte, and whether
// the digest that the image says it has is made right again.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static bool made;
    if (!made) {
        make_images();
        new_device(8, true);
        power_up(UPDRAFT_RESET_POWER);
        made = true;
    }
    changed = new_image;
    for (; size >= 4; size -= 4, data += 4) {
        uint32_t back = (uint32_t)(data[0] | data[1] << 8) % changed.size;
        changed.bytes[changed.size - 1 - back] = data[2];
    }
    struct updraft_reader reader = {NULL, read_changed, changed.size};
    enum updraft_status status = boot_check_image(&boot, &reader, BOOT_AS_IT_RUNS);
    if ((status == UPDRAFT_OK || boot_is_valid(&boot)) &&
        p256_ecdsa_verify(boot.image.signature, image_point, boot.image.digest, 32) != P256_SUCCESS)
        __builtin_trap();
    if (status == UPDRAFT_OK && memcmp(boot.image.digest, new_image.digest, 32) != 0)
        __builtin_trap();
    return 0;
}
