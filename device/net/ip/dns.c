#include "dns.h"

#include <string.h>

enum {
    HEADER = 12,
    FLAGS = 2,
    QUESTIONS = 4,
    ANSWERS = 6,
    RECURSION_DESIRED = 0x01,
    RESPONSE = 0x80,
    RESULT = 0x0F,
    NO_SUCH_NAME = 3,
    TYPE_A = 1,
    CLASS_IN = 1,
    LABEL_MAX = 63,
    NAME_MAX = 253,
    POINTER = 0xC0,
    RECORD = 10, // type, class, time to live, length
};

static uint16_t u16(const uint8_t *at) {
    return (uint16_t)(at[0] << 8 | at[1]);
}

size_t updraft_dns_write(const char *name, uint16_t id, uint8_t question[UPDRAFT_DNS_QUESTION_MAX]) {
    size_t length = strlen(name);
    if (length > 0 && name[length - 1] == '.')
        length--;
    if (length == 0 || length > NAME_MAX)
        return 0;
    memset(question, 0, HEADER);
    question[0] = (uint8_t)(id >> 8);
    question[1] = (uint8_t)id;
    question[FLAGS] = RECURSION_DESIRED;
    question[QUESTIONS + 1] = 1;
    uint8_t *at = question + HEADER;
    for (size_t from = 0; from <= length;) {
        const char *dot = memchr(name + from, '.', length - from);
        size_t label = dot == NULL ? length - from : (size_t)(dot - name) - from;
        if (label == 0 || label > LABEL_MAX)
            return 0;
        *at++ = (uint8_t)label;
        memcpy(at, name + from, label);
        at += label;
        from += label + 1;
    }
    static const uint8_t end[] = {0, 0, TYPE_A, 0, CLASS_IN};
    memcpy(at, end, sizeof end);
    return (size_t)(at - question) + sizeof end;
}

// Behind the name at `at`; NULL when it leaves the message.
static const uint8_t *behind_name(const uint8_t *at, const uint8_t *end) {
    while (at < end) {
        if ((*at & POINTER) == POINTER)
            return end - at < 2 ? NULL : at + 2;
        if (*at > LABEL_MAX)
            return NULL;
        if (*at == 0)
            return at + 1;
        at += *at + 1;
    }
    return NULL;
}

static bool same_question(const uint8_t *asked, const uint8_t *told, size_t length) {
    for (size_t i = 0; i < length; i++) {
        uint8_t a = asked[i], b = told[i];
        bool letters = (a | 0x20) == (b | 0x20) && (a | 0x20) >= 'a' && (a | 0x20) <= 'z';
        if (a != b && !letters)
            return false;
    }
    return true;
}

enum updraft_dns_answer updraft_dns_read(const uint8_t *question, size_t question_length, const uint8_t *message,
                                         size_t length, uint8_t address[4]) {
    if (length < question_length || memcmp(message, question, 2) != 0 || !(message[FLAGS] & RESPONSE) ||
        u16(message + QUESTIONS) != 1 || !same_question(question + HEADER, message + HEADER, question_length - HEADER))
        return UPDRAFT_DNS_NOT_OURS;
    uint8_t result = message[FLAGS + 1] & RESULT;
    if (result != 0)
        return result == NO_SUCH_NAME ? UPDRAFT_DNS_NO_SUCH_NAME : UPDRAFT_DNS_FAILED;
    const uint8_t *at = message + question_length, *end = message + length;
    for (uint16_t left = u16(message + ANSWERS); left > 0; left--) {
        at = behind_name(at, end);
        if (at == NULL || end - at < RECORD)
            return UPDRAFT_DNS_NOT_OURS;
        uint16_t size = u16(at + 8);
        if (end - at - RECORD < size)
            return UPDRAFT_DNS_NOT_OURS;
        if (u16(at) == TYPE_A && u16(at + 2) == CLASS_IN && size == 4) {
            memcpy(address, at + RECORD, 4);
            return UPDRAFT_DNS_FOUND;
        }
        at += RECORD + size;
    }
    return UPDRAFT_DNS_NO_SUCH_NAME;
}

bool updraft_ip_parse(const char *text, uint8_t address[4]) {
    for (int i = 0; i < 4; i++) {
        unsigned value = 0, digits = 0;
        for (; *text >= '0' && *text <= '9' && digits < 4; text++, digits++)
            value = value * 10 + (unsigned)(*text - '0');
        if (digits == 0 || value > 255 || *text != (i < 3 ? '.' : '\0'))
            return false;
        text += i < 3;
        address[i] = (uint8_t)value;
    }
    return true;
}
