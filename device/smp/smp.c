#include "updraft_smp.h"

#include <string.h>

// CBOR (RFC 8949): the major types, and what the low five bits of an item's head may say.
enum { UINT = 0, BYTES = 2, TEXT = 3, ARRAY = 4, MAP = 5, SIMPLE = 7 };
enum { ONE_BYTE = 24, FOUR_BYTES = 26, INDEFINITE = 31 };
enum { FALSE = 20, TRUE = 21 };

enum {
    HEADER = 8, // bytes of an SMP header

    OPERATION = 7, // mask in byte 0 of the header
    ANSWER = 1,    // added to it
    READ = 0,
    WRITE = 2,
    VERSION = 3 << 3, // mask in byte 0; versions 0 and 1 are known
    VERSION_LAST = 1 << 3,

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
static bool find(const struct updraft_smp_server *server, const char *name, uint32_t type, struct item *item) {
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

bool updraft_smp_is_set(const struct updraft_smp_server *server, const char *name) {
    struct item item;
    return find(server, name, SIMPLE, &item) && item.value == TRUE;
}

bool updraft_smp_find_uint(const struct updraft_smp_server *server, const char *name, uint32_t *value) {
    struct item item;
    bool found = find(server, name, UINT, &item);
    *value = found ? item.value : 0;
    return found;
}

bool updraft_smp_find_bytes(const struct updraft_smp_server *server, const char *name, const uint8_t **bytes,
                            uint32_t *length) {
    struct item item;
    bool found = find(server, name, BYTES, &item);
    *bytes = found ? item.at : NULL;
    *length = found ? item.value : 0;
    return found;
}

// No answer outgrows the buffer: an echo is no longer than what asked for it, the list of UPDRAFT_SMP_SLOTS_MOST images
// takes less than UPDRAFT_SMP_BUFFER_MIN, and what `other` adds is bounded there.
static void add(struct updraft_smp_server *server, const void *content, uint32_t length) {
    memmove(server->answer, content, length); // an echo comes from further back in the same buffer
    server->answer += length;
}

// CBOR that is the same in every answer.
#define ADD(server, cbor) add(server, cbor, sizeof(cbor) - 1)

static void add_head(struct updraft_smp_server *server, unsigned type, uint32_t value) {
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

void updraft_smp_add_map(struct updraft_smp_server *server, uint32_t pairs) {
    add_head(server, MAP, pairs);
}

void updraft_smp_add_array(struct updraft_smp_server *server, uint32_t items) {
    add_head(server, ARRAY, items);
}

void updraft_smp_add_bool(struct updraft_smp_server *server, bool value) {
    add_head(server, SIMPLE, FALSE + value);
}

void updraft_smp_add_uint(struct updraft_smp_server *server, uint32_t value) {
    add_head(server, UINT, value);
}

static void add_string(struct updraft_smp_server *server, unsigned type, const void *string, uint32_t length) {
    add_head(server, type, length);
    add(server, string, length);
}

void updraft_smp_add_text(struct updraft_smp_server *server, const char *text) {
    add_string(server, TEXT, text, (uint32_t)strlen(text));
}

void updraft_smp_add_bytes(struct updraft_smp_server *server, const void *bytes, uint32_t length) {
    add_string(server, BYTES, bytes, length);
}

static void add_version(struct updraft_smp_server *server, const uint8_t version[8]) {
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
    add_string(server, TEXT, at, (uint32_t)(end - at));
}

void updraft_smp_add_images(struct updraft_smp_server *server, const struct updraft_smp_config *config) {
    ADD(server, "\xa1\x66images\x80"); // an array of none so far
    uint8_t *array = server->answer - 1;
    for (uint8_t slot = 0; slot < config->slots; slot++) {
        struct updraft_smp_image image;
        if (!config->image(server->context, slot, &image))
            continue;
        ++*array;
        if (config->flags != NULL)
            ADD(server, "\xa7\x64slot");
        else
            ADD(server, "\xa3\x64slot");
        updraft_smp_add_uint(server, slot);
        ADD(server, "\x67version");
        add_version(server, image.version);
        ADD(server, "\x64hash\x58\x20"); // 32 bytes
        add(server, image.digest, sizeof image.digest);
        if (config->flags != NULL)
            config->flags(server->context, slot, &image);
    }
}

static enum updraft_smp_rc upload_piece(struct updraft_smp_server *server, const struct updraft_smp_config *config,
                                        const struct item *data) {
    uint32_t length = data->value, left = server->upload_size - server->upload_offset;
    if (length < left)
        length -= length % config->unit; // the client sends the rest again
    if (length > left || length == 0)
        return UPDRAFT_SMP_INVALID;
    memmove(server->buffer, data->at, length);
    enum updraft_smp_rc rc = config->upload_write(server->context, server->upload_offset, length);
    server->upload_offset += length;
    if (rc == UPDRAFT_SMP_OK && length == left)
        rc = config->upload_end(server->context);
    if (rc != UPDRAFT_SMP_OK)
        server->upload_size = server->upload_offset = 0;
    return rc;
}

static enum updraft_smp_rc upload(struct updraft_smp_server *server, const struct updraft_smp_config *config) {
    struct item off, data, item;
    if ((find(server, "image", UINT, &item) && item.value != 0) || !find(server, "off", UINT, &off) ||
        !find(server, "data", BYTES, &data))
        return UPDRAFT_SMP_INVALID;
    if (off.value == 0) {
        if (!find(server, "len", UINT, &item) || item.value == 0)
            return UPDRAFT_SMP_INVALID;
        server->upload_size = server->upload_offset = 0;
        enum updraft_smp_rc rc =
            config->upload_begin(server->context, item.value, data.at, data.value, &server->upload_offset);
        if (rc != UPDRAFT_SMP_OK)
            return rc;
        server->upload_size = item.value;
    }
    // Any other offset is answered with the one that is wanted: a piece was lost or came twice.
    if (off.value != server->upload_offset || off.value == server->upload_size)
        return UPDRAFT_SMP_OK;
    return upload_piece(server, config, &data);
}

static enum updraft_smp_rc echo(struct updraft_smp_server *server) {
    struct item item;
    if (!find(server, "d", TEXT, &item))
        return UPDRAFT_SMP_INVALID;
    ADD(server, "\xa1\x61r");
    add_string(server, TEXT, item.at, item.value);
    return UPDRAFT_SMP_OK;
}

// Puts an answer where the request stood, but only after all of the request that counts was read.
static enum updraft_smp_rc execute(struct updraft_smp_server *server, const struct updraft_smp_config *config,
                                   uint32_t command) {
    enum updraft_smp_rc rc = UPDRAFT_SMP_OK;
    if (command == IMAGE_UPLOAD) {
        rc = upload(server, config);
        ADD(server, "\xa2\x62rc\0\x63off");
        updraft_smp_add_uint(server, server->upload_offset);
    } else if (command == IMAGE_STATE) {
        updraft_smp_add_images(server, config);
    } else if (command == OS_RESET) {
        rc = config->may_reset != NULL ? config->may_reset(server->context) : UPDRAFT_SMP_OK;
        ADD(server, "\xa0");
    } else if ((command & ~(WRITE << 8)) == OS_PARAMS) {
        ADD(server, "\xa2\x69"
                    "buf_count");
        updraft_smp_add_uint(server, config->buffers);
        ADD(server, "\x68"
                    "buf_size");
        updraft_smp_add_uint(server, config->buffer_size - UPDRAFT_SMP_FRAME_OVERHEAD);
    } else if ((command & ~(WRITE << 8)) == OS_ECHO) {
        rc = echo(server);
    } else {
        rc = config->other != NULL ? config->other(server->context, command) : UPDRAFT_SMP_NOT_SUPPORTED;
    }
    return rc;
}

static void add_error(struct updraft_smp_server *server, const struct updraft_smp_config *config,
                      enum updraft_smp_rc rc) {
    const char *reason = config->reason != NULL ? config->reason(server->context) : NULL;
    updraft_smp_add_map(server, reason != NULL ? 2 : 1);
    ADD(server, "\x62rc");
    updraft_smp_add_uint(server, rc);
    if (reason != NULL) {
        ADD(server, "\x63rsn");
        updraft_smp_add_text(server, reason);
    }
}

static uint32_t be16(const uint8_t *at) {
    return (uint32_t)at[0] << 8 | at[1];
}

// Answers the request of `length` bytes that stands in the buffer.
static bool answer(struct updraft_smp_server *server, const struct updraft_smp_config *config, unsigned length,
                   bool framed) {
    uint8_t *packet = server->buffer + UPDRAFT_SMP_FRAME_HEAD, *content = packet + HEADER, header[HEADER];
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
    enum updraft_smp_rc rc = UPDRAFT_SMP_INVALID;
    uint32_t command = be16(header + 4) << 16 | operation << 8 | header[7];
    if (server->request != NULL && map.type == MAP)
        rc = execute(server, config, command);
    if (rc != UPDRAFT_SMP_OK) {
        server->answer = content;
        add_error(server, config, rc);
    }
    length = (unsigned)(server->answer - content);
    header[0] += ANSWER;
    header[2] = (uint8_t)(length >> 8);
    header[3] = (uint8_t)length;
    memcpy(packet, header, HEADER);
    if (framed)
        updraft_smp_frame_send(server->buffer, HEADER + length, config->put, server->context);
    else
        config->write(server->context, packet, HEADER + length);
    if (rc == UPDRAFT_SMP_OK && command == OS_RESET)
        config->reset(server->context);
    return true;
}

bool updraft_smp_take_console(struct updraft_smp_server *server, const struct updraft_smp_config *config,
                              uint8_t byte) {
    return answer(server, config, updraft_smp_frame_take(&server->reader, server->buffer, config->buffer_size, byte),
                  true);
}

// The first byte of a request: what else may come where one should begin is passed over, and so a receiver that lost
// its place finds it again.
static bool may_begin(uint8_t byte) {
    return (byte & ~(VERSION_LAST | OPERATION)) == 0 && (byte & OPERATION) <= WRITE + ANSWER;
}

bool updraft_smp_take_raw(struct updraft_smp_server *server, const struct updraft_smp_config *config,
                          const uint8_t *data, uint32_t length) {
    struct updraft_smp_frame_reader *reader = &server->reader;
    uint8_t *packet = server->buffer + UPDRAFT_SMP_FRAME_HEAD;
    bool answered = false;
    for (; length > 0; data++, length--) {
        if (server->skip > 0) {
            server->skip--;
            continue;
        }
        if (reader->length == 0 && !may_begin(*data))
            continue;
        packet[reader->length++] = *data;
        if (reader->length < HEADER)
            continue;
        uint32_t whole = HEADER + be16(packet + 2);
        if (whole > (uint32_t)config->buffer_size - UPDRAFT_SMP_FRAME_OVERHEAD) {
            server->skip = whole - HEADER;
            reader->length = 0;
        } else if (reader->length == whole) {
            reader->length = 0;
            answered |= answer(server, config, whole, false);
        }
    }
    return answered;
}

void updraft_smp_drop(struct updraft_smp_server *server) {
    server->reader = (struct updraft_smp_frame_reader){0};
    server->skip = 0;
}
