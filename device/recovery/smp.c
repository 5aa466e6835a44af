#include "smp.h"

#include <string.h>

// CBOR (RFC 8949): the major types, and what the low five bits of an item's head may say.
enum { UINT = 0, BYTES = 2, TEXT = 3, ARRAY = 4, MAP = 5, SIMPLE = 7 };
enum { ONE_BYTE = 24, FOUR_BYTES = 26, INDEFINITE = 31 };

enum {
    HEADER = 8, // bytes of an SMP header

    OPERATION = 7, // mask in byte 0 of the header
    ANSWER = 1,    // added to it
    READ = 0,
    WRITE = 2,

    // group << 16 | operation << 8 | command
    OS_ECHO = 0x000,
    OS_RESET = WRITE << 8 | 0x005,
    OS_PARAMS = 0x006,
    IMAGE_STATE = 1 << 16 | READ << 8 | 0,
    IMAGE_UPLOAD = 1 << 16 | WRITE << 8 | 1,
};

// An item of the request: a number, or a string of `value` bytes at `at`.
struct item {
    uint32_t type, value;
    const uint8_t *at;
};

// Reads the item at `at` and returns what is behind it; NULL where there is none that is understood. Containers but for
// the outermost are not: no request has any.
static const uint8_t *read_item(const uint8_t *at, const uint8_t *end, struct item *item) {
    if (at == end)
        return NULL;
    uint32_t head = *at++, value = head & 31;
    item->type = head >> 5;
    if (value >= ONE_BYTE && head != (MAP << 5 | INDEFINITE)) {
        if (value > FOUR_BYTES)
            return NULL;
        unsigned left = 1u << (value - ONE_BYTE);
        for (value = 0; left > 0; left--) {
            if (at == end)
                return NULL;
            value = value << 8 | *at++;
        }
    }
    item->value = value;
    item->at = at;
    if (item->type != BYTES && item->type != TEXT)
        return at;
    return value <= (uint32_t)(end - at) ? at + value : NULL;
}

// Looks for a field of the request. A map ends where its input does, or at the first thing that is not understood.
static bool find(const struct smp_server *server, const char *name, uint32_t type, struct item *item) {
    const uint8_t *at = server->request;
    uint32_t length = (uint32_t)strlen(name);
    struct item key;
    while ((at = read_item(at, server->request_end, &key)) != NULL &&
           (at = read_item(at, server->request_end, item)) != NULL) {
        if (key.type == TEXT && key.value == length && memcmp(key.at, name, length) == 0)
            return item->type == type;
    }
    return false;
}

// No answer outgrows the buffer: an echo is no longer than what asked for it, and the list of SMP_SLOTS_MOST images
// takes less than SMP_BUFFER_MIN.
static void add(struct smp_server *server, const void *content, uint32_t length) {
    memmove(server->answer, content, length); // an echo comes from further back in the same buffer
    server->answer += length;
}

// CBOR that is the same in every answer.
#define ADD(server, cbor) add(server, cbor, sizeof(cbor) - 1)

static void add_head(struct smp_server *server, unsigned type, uint32_t value) {
    uint8_t head[5];
    unsigned info = value, more = 0; // bytes behind the first
    if (value >= ONE_BYTE) {
        info = value < 0x100 ? ONE_BYTE : value < 0x10000 ? ONE_BYTE + 1 : FOUR_BYTES;
        more = 1u << (info - ONE_BYTE);
    }
    for (unsigned i = more; i > 0; i--, value >>= 8)
        head[i] = (uint8_t)value;
    head[0] = (uint8_t)(type << 5 | info);
    add(server, head, 1 + more);
}

static void add_text(struct smp_server *server, const void *text, uint32_t length) {
    add_head(server, TEXT, length);
    add(server, text, length);
}

static void add_version(struct smp_server *server, const uint8_t version[8]) {
    char text[25], *end = text + sizeof text, *at = end;
    // From the last digit to the first: "255.255.65535.4294967295". The parts have 4, 2, 1 and 1 bytes.
    for (unsigned left = 8; left > 0;) {
        uint32_t value = 0;
        for (unsigned part = (left + 1) / 2; part > 0; part--)
            value = value << 8 | version[--left];
        do {
            *--at = (char)('0' + value % 10);
            value /= 10;
        } while (value > 0);
        *--at = '.';
    }
    at++;
    add_text(server, at, (uint32_t)(end - at));
}

static void add_images(struct smp_server *server, const struct smp_config *config) {
    ADD(server, "\xa1\x66images\x80"); // an array of none so far
    uint8_t *array = server->answer - 1;
    for (uint8_t slot = 0; slot < config->slots; slot++) {
        struct smp_image image;
        if (!config->image(server->context, slot, &image))
            continue;
        ++*array;
        ADD(server, "\xa3\x64slot");
        add_head(server, UINT, slot);
        ADD(server, "\x67version");
        add_version(server, image.version);
        ADD(server, "\x64hash\x58\x20"); // 32 bytes
        add(server, image.digest, sizeof image.digest);
    }
}

static enum smp_rc upload_piece(struct smp_server *server, const struct smp_config *config, const struct item *data) {
    uint32_t length = data->value, left = server->upload_size - server->upload_offset;
    if (length < left)
        length -= length % SMP_WRITE_UNIT; // the client sends the rest again
    if (length > left || length == 0)
        return SMP_INVALID;
    memmove(server->buffer, data->at, length);
    enum smp_rc rc = config->upload_write(server->context, server->upload_offset, length);
    server->upload_offset += length;
    if (rc == SMP_OK && length == left)
        rc = config->upload_end(server->context);
    if (rc != SMP_OK)
        server->upload_size = server->upload_offset = 0;
    return rc;
}

static enum smp_rc upload(struct smp_server *server, const struct smp_config *config) {
    struct item off, item;
    if ((find(server, "image", UINT, &item) && item.value != 0) || !find(server, "off", UINT, &off))
        return SMP_INVALID;
    if (off.value == 0) {
        if (!find(server, "len", UINT, &item) || item.value == 0)
            return SMP_INVALID;
        server->upload_size = server->upload_offset = 0;
        enum smp_rc rc = config->upload_begin(server->context, item.value);
        if (rc != SMP_OK)
            return rc;
        server->upload_size = item.value;
    }
    // Any other offset is answered with the one that is wanted: a piece was lost or came twice.
    if (off.value != server->upload_offset || off.value == server->upload_size)
        return SMP_OK;
    return find(server, "data", BYTES, &item) ? upload_piece(server, config, &item) : SMP_INVALID;
}

static enum smp_rc execute(struct smp_server *server, const struct smp_config *config, uint32_t command) {
    uint8_t *content = server->answer;
    struct item item;
    enum smp_rc rc = SMP_OK;
    if (command == IMAGE_UPLOAD) {
        rc = upload(server, config);
        server->answer = content;
        ADD(server, "\xa2\x62rc\0\x63off");
        add_head(server, UINT, server->upload_offset);
    } else if (command == IMAGE_STATE) {
        add_images(server, config);
    } else if (command == OS_RESET) {
        ADD(server, "\xa0");
    } else if ((command & ~(WRITE << 8)) == OS_PARAMS) {
        ADD(server, "\xa2\x69"
                    "buf_count\1\x68"
                    "buf_size");
        add_head(server, UINT, config->buffer_size - SMP_FRAME_OVERHEAD);
    } else if ((command & ~(WRITE << 8)) != OS_ECHO) {
        rc = SMP_NOT_SUPPORTED;
    } else if (find(server, "d", TEXT, &item)) {
        ADD(server, "\xa1\x61r");
        add_text(server, item.at, item.value);
    } else {
        rc = SMP_INVALID;
    }
    return rc;
}

static uint32_t be16(const uint8_t *at) {
    return (uint32_t)at[0] << 8 | at[1];
}

// Answers the request of `length` bytes that stands in the buffer.
static bool answer(struct smp_server *server, const struct smp_config *config, unsigned length) {
    uint8_t *packet = server->buffer + SMP_FRAME_HEAD, *content = packet + HEADER, header[HEADER];
    if (length < HEADER)
        return false;
    memcpy(header, packet, HEADER);
    unsigned operation = header[0] & OPERATION;
    if (operation != READ && operation != WRITE)
        return false; // an answer: nobody else's business

    struct item map; // read before the answer takes its place
    server->request_end = packet + length;
    server->request = read_item(content, server->request_end, &map);
    server->answer = content;
    enum smp_rc rc = SMP_INVALID;
    uint32_t command = be16(header + 4) << 16 | operation << 8 | header[7];
    if (server->request != NULL && map.type == MAP)
        rc = execute(server, config, command);
    if (rc != SMP_OK) {
        server->answer = content;
        ADD(server, "\xa1\x62rc");
        add_head(server, UINT, rc);
    }
    length = (unsigned)(server->answer - content);
    header[0] += ANSWER;
    header[2] = (uint8_t)(length >> 8);
    header[3] = (uint8_t)length;
    memcpy(packet, header, HEADER);
    smp_frame_send(server->buffer, HEADER + length, config->put, server->context);
    if (rc == SMP_OK && command == OS_RESET)
        config->reset(server->context);
    return true;
}

bool smp_take(struct smp_server *server, const struct smp_config *config, uint8_t byte) {
    return answer(server, config, smp_frame_take(&server->reader, server->buffer, config->buffer_size, byte));
}
