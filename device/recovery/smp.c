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

    // group << 8 | command
    OS_ECHO = 0x000,
    OS_RESET = 0x005,
    OS_PARAMS = 0x006,
    IMAGE_STATE = 0x100,
    IMAGE_UPLOAD = 0x101,
};

// An item of the request: a number, or a string of `value` bytes at `at`.
struct item {
    uint8_t type;
    uint32_t value;
    const uint8_t *at;
};

// Reads the next item from *at. Containers but for the outermost are not understood: no request has any.
static bool read_item(const uint8_t **at, const uint8_t *end, struct item *item) {
    if (*at == end)
        return false;
    unsigned info = **at & 31;
    item->type = *(*at)++ >> 5;
    item->value = info;
    if (info >= ONE_BYTE) {
        if (info > FOUR_BYTES)
            return info == INDEFINITE && item->type == MAP;
        item->value = 0;
        for (unsigned left = 1u << (info - ONE_BYTE); left > 0; left--) {
            if (*at == end)
                return false;
            item->value = item->value << 8 | *(*at)++;
        }
    }
    item->at = *at;
    if (item->type == BYTES || item->type == TEXT) {
        if (item->value > (uint32_t)(end - *at))
            return false;
        *at += item->value;
    }
    return true;
}

// Looks for a field of the request. A map ends where its input does, or at the first thing that is not understood.
static bool find(const struct smp_server *server, const char *name, uint8_t type, struct item *item) {
    const uint8_t *at = server->request, *end = server->request_end;
    uint32_t length = (uint32_t)strlen(name);
    struct item key;
    while (read_item(&at, end, &key) && read_item(&at, end, item)) {
        if (key.type == TEXT && key.value == length && memcmp(key.at, name, length) == 0)
            return item->type == type;
    }
    return false;
}

// No answer outgrows the buffer: an echo is no longer than what asked for it, and the list of SMP_SLOTS_MOST images takes
// less than SMP_BUFFER_MIN.
static void add_content(struct smp_server *server, const void *content, uint32_t length) {
    memmove(server->answer, content, length); // an echo comes from further back in the same buffer
    server->answer += length;
}

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
    add_content(server, head, 1 + more);
}

static void add_string(struct smp_server *server, unsigned type, const void *content, uint32_t length) {
    add_head(server, type, length);
    add_content(server, content, length);
}

static void start_map(struct smp_server *server) {
    server->map = server->answer;
    add_head(server, MAP, 0);
}

// Adds the name of the next value to the map that was started last, and counts it there.
static void add_name(struct smp_server *server, const char *name) {
    ++*server->map;
    add_string(server, TEXT, name, (uint32_t)strlen(name));
}

static void add_number(struct smp_server *server, const char *name, uint32_t value) {
    add_name(server, name);
    add_head(server, UINT, value);
}

static void add_version(struct smp_server *server, const uint8_t *version) {
    static const uint8_t parts[] = {1, 1, 2, 4}; // bytes each
    char text[25], *end = text + sizeof text, *at = end;
    // From the last digit to the first: "255.255.65535.4294967295".
    const uint8_t *byte = version + 8;
    for (unsigned part = 4; part > 0; part--) {
        uint32_t value = 0;
        for (unsigned i = parts[part - 1]; i > 0; i--)
            value = value << 8 | *--byte;
        do {
            *--at = (char)('0' + value % 10);
            value /= 10;
        } while (value > 0);
        *--at = '.';
    }
    at++;
    add_string(server, TEXT, at, (uint32_t)(end - at));
}

static void add_images(struct smp_server *server) {
    const struct smp_config *config = server->config;
    add_name(server, "images");
    uint8_t *array = server->answer;
    add_head(server, ARRAY, 0);
    for (uint8_t slot = 0; slot < config->slots; slot++) {
        struct smp_image image;
        if (!config->image(config->context, slot, &image))
            continue;
        ++*array;
        start_map(server);
        add_number(server, "slot", slot);
        add_name(server, "version");
        add_version(server, image.version);
        add_name(server, "hash");
        add_string(server, BYTES, image.digest, 32);
    }
}

static enum smp_rc upload_piece(struct smp_server *server, const struct item *data) {
    const struct smp_config *config = server->config;
    uint32_t length = data->value, left = server->upload_size - server->upload_offset;
    if (length < left)
        length -= length % config->write_unit; // the client sends the rest again
    if (length > left || length == 0)
        return SMP_INVALID;
    memmove(config->buffer, data->at, length); // aligned
    enum smp_rc rc = config->upload_write(config->context, server->upload_offset, config->buffer, length);
    server->upload_offset += length;
    if (rc == SMP_OK && length == left)
        rc = config->upload_end(config->context);
    if (rc != SMP_OK)
        server->upload_size = server->upload_offset = 0;
    return rc;
}

static enum smp_rc upload(struct smp_server *server) {
    const struct smp_config *config = server->config;
    struct item off, item;
    if (find(server, "image", UINT, &item) && item.value != 0)
        return SMP_INVALID;
    if (!find(server, "off", UINT, &off))
        return SMP_INVALID;
    if (off.value == 0) {
        if (!find(server, "len", UINT, &item) || item.value == 0)
            return SMP_INVALID;
        server->upload_size = server->upload_offset = 0;
        enum smp_rc rc = config->upload_begin(config->context, item.value);
        if (rc != SMP_OK)
            return rc;
        server->upload_size = item.value;
    }
    // Any other offset is answered with the one that is wanted: a piece was lost or came twice.
    if (off.value != server->upload_offset || off.value == server->upload_size)
        return SMP_OK;
    return find(server, "data", BYTES, &item) ? upload_piece(server, &item) : SMP_INVALID;
}

static enum smp_rc execute(struct smp_server *server, unsigned command, unsigned operation) {
    struct item text;
    enum smp_rc rc = SMP_OK;
    if (command == OS_ECHO) {
        if (!find(server, "d", TEXT, &text))
            return SMP_INVALID;
        add_name(server, "r");
        add_string(server, TEXT, text.at, text.value);
    } else if (command == OS_PARAMS) {
        add_number(server, "buf_size", server->config->buffer_size - SMP_FRAME_OVERHEAD);
        add_number(server, "buf_count", 1);
    } else if (command == IMAGE_STATE && operation == READ) {
        add_images(server);
    } else if (command == IMAGE_UPLOAD && operation == WRITE) {
        rc = upload(server);
        server->answer = server->map;
        start_map(server); // again: the data went through the buffer
        add_number(server, "rc", rc);
        add_number(server, "off", server->upload_offset);
    } else if (command != OS_RESET || operation != WRITE) {
        return SMP_NOT_SUPPORTED;
    }
    return rc;
}

// Answers the request of `length` bytes that stands in the buffer.
static bool answer(struct smp_server *server, unsigned length) {
    const struct smp_config *config = server->config;
    uint8_t *packet = config->buffer + SMP_FRAME_HEAD, header[HEADER];
    if (length < HEADER)
        return false;
    memcpy(header, packet, HEADER);
    unsigned operation = header[0] & OPERATION, command = (unsigned)(header[4] << 16 | header[5] << 8 | header[7]);
    if (operation != READ && operation != WRITE)
        return false; // an answer: nobody else's business

    server->request = packet + HEADER;
    server->request_end = packet + length;
    server->answer = packet + HEADER;
    struct item map; // read before the answer's head takes its place
    bool is_map = read_item(&server->request, server->request_end, &map) && map.type == MAP;
    start_map(server);
    enum smp_rc rc = is_map ? execute(server, command, operation) : SMP_INVALID;
    if (rc != SMP_OK) {
        server->answer = packet + HEADER;
        start_map(server);
        add_number(server, "rc", rc);
    }
    unsigned content = (unsigned)(server->answer - packet) - HEADER;
    header[0] += ANSWER;
    header[2] = (uint8_t)(content >> 8);
    header[3] = (uint8_t)content;
    memcpy(packet, header, HEADER);
    smp_frame_send(config->buffer, HEADER + content, config->put, config->context);
    if (rc == SMP_OK && command == OS_RESET)
        config->reset(config->context);
    return true;
}

void smp_start(struct smp_server *server, const struct smp_config *config) {
    memset(server, 0, sizeof *server);
    server->config = config;
    server->reader.buffer = config->buffer;
    server->reader.size = config->buffer_size;
}

bool smp_take(struct smp_server *server, uint8_t byte) {
    return answer(server, smp_frame_take(&server->reader, byte));
}
