// Whatever a server sends as an offer: read or refused, never past its end; and what was read is fit for a request
// line.
#include "cbor.h"
#include "protocol.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct offer offer;
    if (offer_read(&offer, data, size)) {
        if (offer.size == 0 || strpbrk(offer.url, " \r\n") != NULL || strlen(offer.version) > PROTOCOL_VERSION_MAX) {
            abort();
        }
    }
    struct cbor_reader reader = {.data = data, .size = size};
    while (reader.at < size && cbor_skip(&reader)) {
    }
    return 0;
}
