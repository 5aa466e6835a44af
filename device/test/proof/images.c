#include "images.h"

#include <heatshrink_encoder.h>
#include <mbedtls/sha256.h>
#include <p256-m.h>
#include <psa/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sealing.h"

enum { MARGIN = 512 }; // room behind an image for the longest program unit
enum { FLAG_AES128 = 4, FLAG_NON_BOOTABLE = 0x10 };

static uint8_t scalars[3][32], points[3][64], hashes[2][32]; // ours, a stranger's; the third opens what is encrypted
static uint64_t noise = 1;

struct boot_key images_keys[1] = {{points[0], hashes[0], 0}};
const uint8_t images_key_count = 1;
const uint8_t *const images_decryption_key = scalars[2];

// p256-m asks its caller for randomness; a proof wants the same at each run.
psa_status_t psa_generate_random(uint8_t *output, size_t length) {
    for (size_t i = 0; i < length; i++)
        output[i] = (uint8_t)sim_random(&noise);
    return 0;
}

void images_begin(void) {
    for (int i = 0; i < 3; i++) {
        if (p256_gen_keypair(scalars[i], points[i]) != P256_SUCCESS) {
            fputs("no key pair\n", stderr);
            exit(2);
        }
        if (i < 2)
            mbedtls_sha256(points[i], 64, hashes[i], 0); // only has to name the key: nothing recomputes it
    }
}

// Bytes that are put together; what holds them is large enough.
struct out {
    uint8_t *bytes;
    uint32_t size;
};

static void put(struct out *out, const void *data, uint32_t length) {
    memcpy(out->bytes + out->size, data, length);
    out->size += length;
}

static void put16(struct out *out, uint32_t value) {
    put(out, (uint8_t[]){(uint8_t)value, (uint8_t)(value >> 8)}, 2);
}

static void put32(struct out *out, uint32_t value) {
    put16(out, value);
    put16(out, value >> 16);
}

static void put_tlv(struct out *out, uint32_t type, const void *data, uint32_t length) {
    put16(out, type);
    put16(out, length);
    put(out, data, length);
}

static void put_integer(struct out *out, const uint8_t number[32]) {
    bool high = number[0] >= 0x80;
    put(out, (uint8_t[]){0x02, high ? 33 : 32, 0}, high ? 3 : 2);
    put(out, number, 32);
}

// Mostly erased bytes, so that few operations move many bytes; what is not erased differs in every unit.
static void fill(const struct image_plan *plan, uint8_t *payload, uint32_t length) {
    uint32_t step = plan->chip->step, header = plan->chip->header_size, apart = step / 4;
    memset(payload, 0xff, length);
    for (uint32_t i = 0; i < length; i += 4) {
        uint32_t at = header + i;
        if (at / 32 * 32 % apart == 0 && (step <= 0x4000 || at % 0x8000 < 0x100)) {
            uint32_t word = (uint32_t)sim_random(&noise);
            memcpy(payload + i, &word, length - i < 4 ? length - i : 4);
        }
    }
    const uint32_t vectors[2] = {IMAGES_STACK, plan->chip->running + header + 9};
    memcpy(payload, vectors, sizeof vectors);
    if (plan->like != NULL)
        memcpy(payload + step - header, plan->like->bytes + step, step);
}

// What one form of an image is made of.
struct form {
    const uint8_t *payload;
    uint32_t payload_size, flags;
    const struct out *packing;  // TLVs about the packing; NULL: not packed
    const uint8_t *wrapped_key; // NULL: not encrypted
    uint8_t signature[72];      // filled in
    uint32_t signature_size;
    uint8_t digest[32];
};

static void sign(const struct image_plan *plan, struct form *form, const struct out *image) {
    uint8_t raw[64];
    mbedtls_sha256(image->bytes, image->size, form->digest, 0);
    if (p256_ecdsa_sign(raw, scalars[plan->fault == IMAGE_FOREIGN_KEY], form->digest, 32) != P256_SUCCESS)
        abort();
    if (plan->fault == IMAGE_SIGNATURE)
        raw[40] ^= 1;
    struct out der = {form->signature, 2};
    put_integer(&der, raw);
    put_integer(&der, raw + 32);
    form->signature[0] = 0x30;
    form->signature[1] = (uint8_t)(der.size - 2);
    form->signature_size = der.size;
}

static struct out assemble(const struct image_plan *plan, struct form *form) {
    uint32_t header = plan->chip->header_size, packing = form->packing != NULL ? form->packing->size : 0;
    uint32_t room = header + form->payload_size + 1024 + MARGIN,
             counter = plan->fault == IMAGE_COUNTER ? 1 : plan->counter;
    struct out image = {malloc(room), 0};
    if (image.bytes == NULL)
        abort();
    memset(image.bytes, 0xff, room);
    put32(&image, 0x96f3b83d);
    put32(&image, 0);
    put16(&image, header);
    put16(&image, 4 + 8 + 4 + 5 + packing); // protected TLVs
    put32(&image, form->payload_size);
    put32(&image, form->flags);
    put32(&image, plan->version);
    put32(&image, 0);
    put32(&image, 0);
    image.size = header;
    put(&image, form->payload, form->payload_size);
    put16(&image, 0x6908);
    put16(&image, 4 + 8 + 4 + 5 + packing);
    put_tlv(&image, 0x50, (uint8_t[]){(uint8_t)counter, 0, 0, 0}, 4);
    if (packing > 0)
        put(&image, form->packing->bytes, packing);
    put_tlv(&image, 0x55a0, plan->fault == IMAGE_BOARD ? "other" : "proof", 5);
    sign(plan, form, &image);
    put16(&image, 0x6907);
    put16(&image, 4 + 36 + 36 + 4 + form->signature_size + (form->wrapped_key != NULL ? 4 + SEALED_KEY : 0));
    put_tlv(&image, 0x10, form->digest, 32);
    put_tlv(&image, 0x01, hashes[plan->fault == IMAGE_FOREIGN_KEY], 32);
    if (form->wrapped_key != NULL)
        put_tlv(&image, 0x32, form->wrapped_key, SEALED_KEY);
    put_tlv(&image, 0x22, form->signature, form->signature_size);
    return image;
}

static struct out pack(const uint8_t *payload, uint32_t length) {
    static heatshrink_encoder encoder;
    struct out packed = {malloc(length * 2 + 64), 0};
    heatshrink_encoder_reset(&encoder);
    for (uint32_t at = 0; at < length || heatshrink_encoder_finish(&encoder) == HSER_FINISH_MORE;) {
        size_t taken = 0, got = 0;
        if (at < length)
            heatshrink_encoder_sink(&encoder, (uint8_t *)(uintptr_t)payload + at, length - at, &taken);
        at += (uint32_t)taken;
        do {
            heatshrink_encoder_poll(&encoder, packed.bytes + packed.size, 64, &got);
            packed.size += (uint32_t)got;
        } while (got > 0);
    }
    while (packed.size % 16 != 0)
        packed.bytes[packed.size++] = 0;
    return packed;
}

// The packed form of an image whose unpacked one is made already.
static struct out assemble_packed(const struct image_plan *plan, const struct form *unpacked, const uint8_t *key) {
    uint8_t tlvs[160], how[8] = {1, 10, 4, 0}, digest[32];
    struct out packing = {tlvs, 0}, packed = pack(unpacked->payload, unpacked->payload_size);
    memcpy(how + 4, &unpacked->payload_size, 4);
    memcpy(digest, unpacked->digest, sizeof digest);
    if (plan->fault == IMAGE_UNPACKED)
        digest[5] ^= 1;
    put_tlv(&packing, 0x55a1, how, sizeof how);
    put_tlv(&packing, 0x55a2, digest, sizeof digest);
    put_tlv(&packing, 0x55a3, unpacked->signature, unpacked->signature_size);
    struct form form = {.payload = packed.bytes,
                        .payload_size = packed.size,
                        .flags = unpacked->flags | FLAG_NON_BOOTABLE,
                        .packing = &packing,
                        .wrapped_key = key};
    struct out stored = assemble(plan, &form);
    free(packed.bytes);
    return stored;
}

struct model_image image_make(const struct image_plan *plan) {
    uint32_t step = plan->chip->step, header = plan->chip->header_size;
    uint32_t room = plan->steps * step - step / 2, tlvs = plan->encrypted ? 344 : 216;
    if (room < header + tlvs + 100)
        room = header + tlvs + 100;
    uint32_t payload_size = (room - header - tlvs) / 16 * 16;
    uint8_t *payload = malloc(payload_size), key[16], wrapped[SEALED_KEY];
    if (payload == NULL)
        abort();
    fill(plan, payload, payload_size);
    psa_generate_random(key, sizeof key);
    if (plan->encrypted)
        seal_key(points[2], key, wrapped);
    const uint8_t *wrapped_key = plan->encrypted ? wrapped : NULL;
    struct form form = {.payload = payload,
                        .payload_size = payload_size,
                        .flags = plan->encrypted ? FLAG_AES128 : 0,
                        .wrapped_key = plan->packed ? NULL : wrapped_key};
    struct out runs = assemble(plan, &form);
    struct out stored = plan->packed ? assemble_packed(plan, &form, wrapped_key) : assemble(plan, &form);
    struct model_image image = {.bytes = runs.bytes,
                                .size = runs.size,
                                .stored = stored.bytes,
                                .stored_size = stored.size,
                                .counter = plan->fault == IMAGE_COUNTER ? 1 : plan->counter};
    if (!plan->packed) { // one signature only: a second one would be another
        memcpy(image.stored, image.bytes, image.size);
        image.stored_size = image.size;
    }
    memcpy(image.digest, form.digest, sizeof image.digest);
    if (plan->fault == IMAGE_DIGEST)
        image.stored[header] ^= 1;
    if (plan->encrypted) {
        uint32_t stored_payload;
        memcpy(&stored_payload, image.stored + 12, 4);
        seal_payload(key, image.stored + header, stored_payload);
    }
    if (plan->fault == IMAGE_UNPACKED)
        image.digest[5] ^= 1; // what the log asks for is what the image names
    free(payload);
    return image;
}

void image_free(struct model_image *image) {
    free(image->bytes);
    free(image->stored);
}

int images_print_packed(void) {
    struct image_plan plan = {.chip = &chips[CHIP_H7_REDUCED], .steps = 3, .counter = 8, .version = 2, .packed = true};
    struct model_image image = image_make(&plan);
    bool written = fwrite(image.stored, 1, image.stored_size, stdout) == image.stored_size;
    image_free(&image);
    return written ? 0 : 1;
}
