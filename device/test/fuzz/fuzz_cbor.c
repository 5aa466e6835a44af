// Whatever a server sends as an offer: read or refused, never past its end; and what was read is fit for a request
// line.
#include "updraft_cbor.h"
#include "updraft_protocol.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct updraft_offer offer;
    if (updraft_offer_read(&offer, data, size)) {
        if (offer.size == 0 || strpbrk(offer.url, " \r\n") != NULL ||
            strlen(offer.version) > UPDRAFT_PROTOCOL_VERSION_MAX) {
            abort();
        }
    }
    struct updraft_cbor_reader reader = {.data = data, .size = size};
    while (reader.at < size && updraft_cbor_skip(&reader)) {
    }
    return 0;
}
