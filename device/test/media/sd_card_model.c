#include "sd_card_model.h"

#include <stdlib.h>
#include <string.h>

static uint16_t slow_crc16(const uint8_t *data, size_t length) {
    uint16_t crc = 0;
    for (size_t i = 0; i < length * 8; i++) {
        unsigned bit = data[i / 8] >> (7 - i % 8) & 1, top = crc >> 15;
        crc = (uint16_t)(crc << 1 ^ (bit ^ top ? 0x1021 : 0));
    }
    return crc;
}

static uint8_t slow_crc7(const uint8_t *data, size_t length) {
    uint8_t crc = 0;
    for (size_t i = 0; i < length * 8; i++) {
        unsigned bit = data[i / 8] >> (7 - i % 8) & 1, top = crc >> 6 & 1;
        crc = (uint8_t)((crc << 1 ^ (bit ^ top ? 0x09 : 0)) & 0x7F);
    }
    return crc;
}

static void queue(struct sd_card_model *card, const uint8_t *data, unsigned length) {
    memcpy(card->queue + card->queue_end, data, length);
    card->queue_end += length;
}

static void queue_byte(struct sd_card_model *card, uint8_t byte) {
    queue(card, &byte, 1);
}

static bool locate(struct sd_card_model *card, uint32_t argument, uint32_t *block) {
    *block = card->kind == SD_HIGH_CAPACITY ? argument : argument / 512;
    return *block < card->blocks && (card->kind == SD_HIGH_CAPACITY || argument % 512 == 0);
}

static void queue_block(struct sd_card_model *card, uint32_t block) {
    card->reads++;
    if (card->silent_reads > 0) {
        card->silent_reads--;
        return;
    }
    for (unsigned i = 0; i < card->data_delay; i++)
        queue_byte(card, 0xFF);
    if (card->error_tokens > 0) {
        card->error_tokens--;
        queue_byte(card, 0x04); // "card ECC failed"
        return;
    }
    queue_byte(card, 0xFE);
    const uint8_t *data = card->content + (size_t)block * 512;
    uint16_t crc = slow_crc16(data, 512);
    queue(card, data, 512);
    if (card->corrupt_reads > 0) {
        card->corrupt_reads--;
        card->queue[card->queue_end - 100] ^= 0x10;
    }
    queue_byte(card, (uint8_t)(crc >> 8));
    queue_byte(card, (uint8_t)crc);
}

static void execute(struct sd_card_model *card) {
    uint8_t command = card->frame[0] & 0x3F;
    uint32_t argument = (uint32_t)card->frame[1] << 24 | (uint32_t)card->frame[2] << 16 |
                        (uint32_t)card->frame[3] << 8 | card->frame[4];
    bool app = card->app, right = card->frame[5] == (uint8_t)(slow_crc7(card->frame, 5) << 1 | 1);
    uint8_t r1 = card->idle ? 1 : 0;
    uint32_t block;
    card->app = false;
    card->queue_at = card->queue_end = 0;
    if (card->kind == SD_NONE || (!card->started && command != 0))
        return;
    for (unsigned i = 0; i < card->answer_delay; i++)
        queue_byte(card, 0xFF);
    if (!right && (card->crc_on || command == 0 || command == 8)) {
        queue_byte(card, r1 | 8);
        return;
    }
    switch (command) {
    case 0:
        if (card->clocks_unselected < 10 && !card->started)
            return; // not powered up in the way it needs
        card->started = card->idle = true;
        card->crc_on = false;
        queue_byte(card, 1);
        return;
    case 8:
        if (card->kind == SD_VERSION_1 || card->kind == SD_MMC)
            break;
        queue_byte(card, r1);
        queue(card, (const uint8_t[]){0, 0, (uint8_t)(argument >> 8 & 0x0F), (uint8_t)argument}, 4);
        return;
    case 13:
        queue_byte(card, r1);
        queue_byte(card, card->write_error ? 4 : 0);
        card->write_error = false;
        return;
    case 16:
        if (card->idle)
            break;
        queue_byte(card, argument == 512 || card->kind == SD_HIGH_CAPACITY ? r1 : r1 | 0x40);
        return;
    case 17:
    case 24:
        if (card->idle)
            break;
        if (!locate(card, argument, &block)) {
            queue_byte(card, r1 | 0x40);
            return;
        }
        queue_byte(card, r1);
        if (command == 17) {
            queue_block(card, block);
        } else {
            card->address = block;
            card->receiving = 1;
        }
        return;
    case 41:
        if (!app || card->kind == SD_MMC)
            break;
        if (card->never_ready || (card->kind == SD_HIGH_CAPACITY && !(argument & 0x40000000))) {
            queue_byte(card, 1);
            return;
        }
        if (card->init_rounds > 0) {
            card->init_rounds--;
        } else {
            card->idle = false;
        }
        queue_byte(card, card->idle ? 1 : 0);
        return;
    case 55:
        card->app = true;
        queue_byte(card, r1);
        return;
    case 58:
        queue_byte(card, r1);
        queue(card, (const uint8_t[]){card->idle ? 0 : card->kind == SD_HIGH_CAPACITY ? 0xC0 : 0x80, 0xFF, 0x80, 0}, 4);
        return;
    case 59:
        card->crc_on = argument & 1;
        queue_byte(card, r1);
        return;
    }
    queue_byte(card, r1 | 4);
}

static void take_data(struct sd_card_model *card, uint8_t byte) {
    if (card->receiving == 1) {
        if (byte == 0xFE)
            card->receiving = 2;
        return;
    }
    card->block[card->receiving++ - 2] = byte;
    if (card->receiving < 516)
        return;
    card->receiving = 0;
    card->queue_at = card->queue_end = 0;
    card->writes++;
    if (card->crc_on && slow_crc16(card->block, 514) != 0) {
        queue_byte(card, 0xEB);
    } else if (card->refused_writes > 0) {
        card->refused_writes--;
        queue_byte(card, 0xED);
    } else {
        queue_byte(card, 0xE5);
        card->busy_left = card->busy;
        if (card->failed_writes > 0) {
            card->failed_writes--;
            card->write_error = true;
        } else {
            memcpy(card->content + (size_t)card->address * 512, card->block, 512);
        }
    }
}

static uint8_t exchange(struct sd_card_model *card, uint8_t byte) {
    card->bytes++;
    if (card->kind == SD_STUCK_LOW)
        return 0;
    if (!card->selected) {
        card->clocks_unselected++;
        return 0xFF;
    }
    if (card->queue_at < card->queue_end)
        return card->queue[card->queue_at++];
    if (card->busy_left > 0) {
        card->busy_left--;
        return 0;
    }
    if (card->receiving > 0) {
        take_data(card, byte);
        return 0xFF;
    }
    if (card->frame_at == 0 && (byte & 0xC0) != 0x40)
        return 0xFF;
    card->frame[card->frame_at++] = byte;
    if (card->frame_at == 6) {
        card->frame_at = 0;
        execute(card);
    }
    return 0xFF;
}

static void transfer(void *context, const uint8_t *out, uint8_t *in, size_t length) {
    for (size_t i = 0; i < length; i++) {
        uint8_t got = exchange(context, out != NULL ? out[i] : 0xFF);
        if (in != NULL)
            in[i] = got;
    }
}

static void select(void *context, bool selected) {
    struct sd_card_model *card = context;
    card->selected = selected;
}

static uint32_t clock(void *context, uint32_t limit_hz) {
    struct sd_card_model *card = context;
    return card->clock_hz = limit_hz;
}

void sd_card_model_bus(struct sd_card_model *card, struct updraft_spi_bus *bus) {
    *bus = (struct updraft_spi_bus){card, transfer, select, clock};
}
