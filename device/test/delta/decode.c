// decode OLD PATCH NEW TIMES SEED: applies a patch, whole and with a new decoder behind every frame, and compares; then
// TIMES damaged ones, each of which must end in an error or in the right bytes. Run under the sanitizers by the Java
// room `delta`.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "updraft_delta.h"

struct file {
    uint8_t *bytes;
    uint32_t size;
};

struct world {
    struct file old, patch, made;
    uint32_t written;
};

static struct updraft_delta delta;

static void die(const char *why, int code) {
    fprintf(stderr, "%s (%d)\n", why, code);
    exit(1);
}

static struct file read_file(const char *name) {
    struct file file = {NULL, 0};
    FILE *in = fopen(name, "rb");
    if (in == NULL || fseek(in, 0, SEEK_END) != 0) {
        die(name, 0);
    }
    file.size = (uint32_t)ftell(in);
    rewind(in);
    file.bytes = malloc(file.size ? file.size : 1);
    if (file.bytes == NULL || fread(file.bytes, 1, file.size, in) != file.size) {
        die(name, 1);
    }
    fclose(in);
    return file;
}

static enum updraft_status read_patch(void *context, uint32_t offset, uint8_t *data, uint32_t size, uint32_t *got) {
    struct world *world = context;
    uint32_t left = offset < world->patch.size ? world->patch.size - offset : 0;
    *got = left < size ? left : size;
    // Now and then less than was asked for, as a network gives it.
    if (*got > 1 && offset % 3 == 0) {
        *got = 1;
    }
    memcpy(data, world->patch.bytes + (left ? offset : 0), *got);
    return UPDRAFT_OK;
}

static enum updraft_status read_old(void *context, uint32_t offset, uint8_t *data, uint32_t size) {
    struct world *world = context;
    if (offset > world->old.size || size > world->old.size - offset) {
        return UPDRAFT_ERROR_RANGE; // a damaged header may speak of a larger one
    }
    memcpy(data, world->old.bytes + offset, size);
    return UPDRAFT_OK;
}

static enum updraft_status read_new(void *context, uint32_t offset, uint8_t *data, uint32_t size) {
    struct world *world = context;
    if (offset > world->written || size > world->written - offset) {
        die("reads what is not written", (int)offset);
    }
    memcpy(data, world->made.bytes + offset, size);
    return UPDRAFT_OK;
}

static enum updraft_status write_new(void *context, uint32_t offset, const uint8_t *data, uint32_t size) {
    struct world *world = context;
    if (offset != world->written || offset % UPDRAFT_DELTA_BUFFER != 0) {
        die("writes out of order", (int)offset);
    }
    if (size > world->made.size - offset) {
        return UPDRAFT_ERROR_RANGE; // as staging would say
    }
    memcpy(world->made.bytes + offset, data, size);
    world->written = offset + size;
    return UPDRAFT_OK;
}

static enum updraft_status apply(struct world *world, bool again) {
    const struct updraft_delta_port port = {world, read_patch, read_old, read_new, write_new};
    world->written = 0;
    uint32_t frames = 0;
    enum updraft_status status = updraft_delta_open(&delta, &port);
    while (status == UPDRAFT_OK && !updraft_delta_done(&delta)) {
        status = updraft_delta_frame(&delta);
        uint32_t taken = updraft_delta_taken(&delta);
        if (again && status == UPDRAFT_OK && !updraft_delta_done(&delta)) {
            memset(&delta, 0xa5, sizeof delta);
            status = updraft_delta_open(&delta, &port);
            status = status == UPDRAFT_OK ? updraft_delta_resume(&delta, ++frames, taken) : status;
        }
    }
    return status;
}

static bool right(const struct world *world, const struct file *want) {
    return world->written == want->size && memcmp(world->made.bytes, want->bytes, want->size) == 0;
}

static uint32_t next(uint64_t *seed) {
    *seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (uint32_t)(*seed >> 33);
}

int main(int count, char **names) {
    if (count != 6) {
        die("usage: decode OLD PATCH NEW TIMES SEED", count);
    }
    struct file want = read_file(names[3]), patch = read_file(names[2]);
    struct world world = {.old = read_file(names[1]), .patch = patch};
    world.made = (struct file){malloc(want.size + 64), want.size + 64};
    for (int again = 0; again < 2; again++) {
        enum updraft_status status = apply(&world, again == 1);
        if (status != UPDRAFT_OK || !right(&world, &want)) {
            die("does not give the image", status);
        }
    }
    uint64_t seed = (uint64_t)strtoull(names[5], NULL, 10);
    uint32_t refused = 0, times = (uint32_t)strtoul(names[4], NULL, 10);
    world.patch.bytes = malloc(patch.size);
    for (uint32_t i = 0; i < times; i++) {
        memcpy(world.patch.bytes, patch.bytes, patch.size);
        world.patch.size = i % 5 == 0 ? next(&seed) % patch.size : patch.size;
        for (uint32_t flips = i % 5 == 0 ? 0 : 1 + next(&seed) % 4; flips > 0; flips--) {
            uint32_t from = i % 3 == 0 ? 0 : 82; // what follows the header more often
            uint32_t at = from + next(&seed) % (patch.size - from);
            world.patch.bytes[at] =
                i % 2 == 0 ? (uint8_t)next(&seed) : world.patch.bytes[at] ^ (uint8_t)(1 << next(&seed) % 8);
        }
        if (apply(&world, false) != UPDRAFT_OK) {
            refused++;
        } else if (world.written == want.size && !right(&world, &want)) {
            die("wrong bytes that the checksum of their frame takes", (int)i);
        }
    }
    printf("right; %u of %u damaged ones refused; %zu bytes of RAM\n", refused, times, sizeof delta);
    free(world.patch.bytes);
    free(world.made.bytes);
    free(world.old.bytes);
    free(want.bytes);
    free(patch.bytes);
    return 0;
}
