// Whatever a Wi-Fi module (or a broken wire) says: the driver ends every call, and never writes past a buffer.
#include "net/esp_at/esp_at.h"

#include <stdlib.h>
#include <string.h>

struct wire {
    const uint8_t *data;
    size_t size, at;
    uint32_t clock;
};

static void wire_write(void *context, const uint8_t *data, size_t length) {
    (void)context, (void)data, (void)length;
}

// A zero byte stands for a pause, so that the input decides what comes before and what after a command.
static size_t wire_read(void *context, uint8_t *data, size_t size) {
    struct wire *wire = context;
    size_t length = 0;
    while (length < size && wire->at < wire->size) {
        uint8_t byte = wire->data[wire->at++];
        if (byte == 0) {
            wire->clock += 100;
            break;
        }
        data[length++] = byte;
    }
    return length;
}

static uint32_t wire_millis(void *context) {
    return ((struct wire *)context)->clock;
}

static void wire_idle(void *context) {
    ((struct wire *)context)->clock += 50;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct wire wire = {.data = data, .size = size};
    struct updraft_at_port port = {&wire, wire_write, wire_read, wire_millis, wire_idle, 115200};
    struct updraft_esp_at esp;
    uint8_t received[32];
    updraft_esp_at_start(&esp, &port, "ssid", "password");
    esp.ready = esp.joined = size % 2 == 0; // half of the inputs begin behind the setting up
    esp.at.out_of_step = !esp.ready;
    struct updraft_network network = updraft_esp_at_network(&esp);
    if (network.connect(network.context, "h", 80, false)) {
        (void)network.send(network.context, (const uint8_t *)"q", 1);
        for (int i = 0; i < 4; i++) {
            int got = network.receive(network.context, received, sizeof received, 1000);
            if (got > (int)sizeof received) {
                abort();
            }
        }
    }
    network.close(network.context);
    return 0;
}
