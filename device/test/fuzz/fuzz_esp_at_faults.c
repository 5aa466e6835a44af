// Whatever a server sends, and wherever bytes of the module are lost or doubled: the driver hands on the server's bytes
// in their order, or fails.
#include "fake_esp_at.h"

#include <stdlib.h>
#include <string.h>

enum { HEAD = 5, DOUBLED_MAX = 4, LOST_MAX = 64, TRIES = 4 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct fake_esp_at fake;
    static uint8_t received[1024];
    if (size <= HEAD) {
        return 0;
    }
    memset(&fake, 0, sizeof fake);
    struct updraft_at_port port = fake_esp_at_port(&fake);
    fake.fault = data[0] % 2 == 0 ? FAULT_DROP : FAULT_DOUBLE;
    fake.fault_at = data[1] | (uint32_t)data[2] << 8;
    fake.fault_run = 1U + data[3] % (fake.fault == FAULT_DROP ? LOST_MAX : DOUBLED_MAX);
    fake.close_after_answer = (data[0] & 2) != 0;
    fake.no_first_notice = (data[0] & 4) != 0;
    size_t piece = 1U + data[4];
    const uint8_t *content = data + HEAD;
    size_t length = size - HEAD;
    for (int i = 0; i < TRIES; i++) {
        fake.answers[i] = (const char *)content;
        fake.answer_lengths[i] = length;
    }
    struct updraft_esp_at esp;
    updraft_esp_at_start(&esp, &port, "ssid", "password");
    struct updraft_network network = updraft_esp_at_network(&esp);
    size_t got = 0;
    for (int attempt = 0; attempt < TRIES && got < length; attempt++) {
        got = 0;
        if (network.connect(network.context, "h", 80, false) &&
            network.send(network.context, (const uint8_t *)"q", 1)) {
            int read;
            while (got < length && (read = network.receive(network.context, received,
                                                           piece < length - got ? piece : length - got, 1000)) > 0) {
                if (memcmp(received, content + got, (size_t)read) != 0) {
                    abort();
                }
                got += (size_t)read;
            }
        }
        network.close(network.context);
    }
    if (got < length) { // one fault, and tries enough
        abort();
    }
    return 0;
}
