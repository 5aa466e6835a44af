#include "images.h"

#include <mbedtls/sha256.h>
#include <p256-m.h>
#include <psa/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint8_t scalars[2][32], points[2][64], hashes[2][32]; // ours and a stranger's
static uint64_t noise = 1;

struct boot_key images_keys[1] = {{points[0], hashes[0], 0}};
const uint8_t images_key_count = 1;

// p256-m asks its caller for randomness; a proof wants the same at each run.
psa_status_t psa_generate_random(uint8_t *output, size_t length) {
    for (size_t i = 0; i < length; i++)
        output[i] = (uint8_t)sim_random(&noise);
    return 0;
}

void images_begin(void) {
    for (int i = 0; i < 2; i++) {
        if (p256_gen_keypair(scalars[i], points[i]) != P256_SUCCESS) {
            fputs("no key pair\n", stderr);
            exit(2);
        }
        mbedtls_sha256(points[i], 64, hashes[i], 0); // only has to name the key: nothing recomputes it
    }
}

static void put(struct model_image *image, const void *data, uint32_t length) {
    memcpy(image->bytes + image->size, data, length);
    image->size += length;
}

static void put16(struct model_image *image, uint32_t value) {
    put(image, (uint8_t[]){(uint8_t)value, (uint8_t)(value >> 8)}, 2);
}

static void put32(struct model_image *image, uint32_t value) {
    put16(image, value);
    put16(image, value >> 16);
}

static void put_tlv(struct model_image *image, uint32_t type, const void *data, uint32_t length) {
    put16(image, type);
    put16(image, length);
    put(image, data, length);
}

static void put_integer(struct model_image *out, const uint8_t number[32]) {
    bool high = number[0] >= 0x80;
    put(out, (uint8_t[]){0x02, high ? 33 : 32, 0}, high ? 3 : 2);
    put(out, number, 32);
}

// Mostly erased bytes, so that few operations move many bytes; what is not erased differs in every unit.
static void put_payload(struct model_image *image, const struct image_plan *plan, uint32_t length) {
    uint32_t apart = plan->chip->step / 4;
    for (uint32_t at = image->size; at < image->size + length; at += 4)
        if (at / 32 * 32 % apart == 0 && (plan->chip->step <= 0x4000 || at % 0x8000 < 0x100)) {
            uint32_t word = (uint32_t)sim_random(&noise);
            memcpy(image->bytes + at, &word, image->size + length - at < 4 ? image->size + length - at : 4);
        }
    image->size += length;
}

static void sign(struct model_image *image, const struct image_plan *plan) {
    uint8_t signature[64], der[72];
    int key = plan->fault == IMAGE_FOREIGN_KEY;
    uint32_t area = image->size;
    mbedtls_sha256(image->bytes, image->size, image->digest, 0);
    if (p256_ecdsa_sign(signature, scalars[key], image->digest, 32) != P256_SUCCESS)
        abort();
    if (plan->fault == IMAGE_SIGNATURE)
        signature[40] ^= 1;
    struct model_image out = {.bytes = der, .size = 2};
    put_integer(&out, signature);
    put_integer(&out, signature + 32);
    der[0] = 0x30;
    der[1] = (uint8_t)(out.size - 2);
    put32(image, 0x6907);
    put_tlv(image, 0x10, image->digest, 32);
    put_tlv(image, 0x01, hashes[key], 32);
    put_tlv(image, 0x22, der, out.size);
    uint32_t total = image->size - area;
    image->bytes[area + 2] = (uint8_t)total;
    image->bytes[area + 3] = (uint8_t)(total >> 8);
}

struct model_image image_make(const struct image_plan *plan) {
    uint32_t step = plan->chip->step, header = plan->chip->header_size, unit = plan->chip->unit;
    uint32_t room = plan->steps * step - step / 2;
    if (room < header + 300)
        room = header + 300; // the TLVs are 200 bytes
    const char *board = plan->fault == IMAGE_BOARD ? "other" : "proof";
    uint32_t counter = plan->fault == IMAGE_COUNTER ? 1 : plan->counter, payload = room - header - 200;
    struct model_image image = {.bytes = malloc(room + unit), .counter = counter};
    if (image.bytes == NULL)
        abort();
    memset(image.bytes, 0xff, room + unit);
    put32(&image, 0x96f3b83d);
    put32(&image, 0);
    put16(&image, header);
    put16(&image, 4 + 8 + 4 + 5); // protected TLVs
    put32(&image, payload);
    put32(&image, 0);
    put32(&image, plan->version);
    put32(&image, 0);
    put32(&image, 0);
    image.size = header;
    put_payload(&image, plan, payload);
    put16(&image, 0x6908);
    put16(&image, 4 + 8 + 4 + 5);
    put_tlv(&image, 0x50, (uint8_t[]){(uint8_t)counter, 0, 0, 0}, 4);
    put_tlv(&image, 0x55a0, board, 5);
    sign(&image, plan);
    if (plan->fault == IMAGE_DIGEST)
        image.bytes[header] ^= 1;
    return image;
}
