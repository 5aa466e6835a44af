// DHCP as a client needs it (RFC 2131, RFC 2132): builds messages and reads answers; sends nothing itself. For parts
// that have UDP and no DHCP of their own.
#ifndef UPDRAFT_NET_DHCP_H
#define UPDRAFT_NET_DHCP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    UPDRAFT_DHCP_CLIENT_PORT = 68,
    UPDRAFT_DHCP_SERVER_PORT = 67,
    UPDRAFT_DHCP_MESSAGE_MAX = 576, // what any host must take (RFC 2131, 2)
    UPDRAFT_DHCP_HOST_NAME_MAX = 63,
};

enum updraft_dhcp_type {
    UPDRAFT_DHCP_NOT_OURS = 0, // for somebody else, or not a message at all
    UPDRAFT_DHCP_DISCOVER = 1,
    UPDRAFT_DHCP_OFFER = 2,
    UPDRAFT_DHCP_REQUEST = 3,
    UPDRAFT_DHCP_ACK = 5,
    UPDRAFT_DHCP_NAK = 6,
};

// All addresses are in network order; 0.0.0.0: none.
struct updraft_dhcp_lease {
    uint8_t address[4];
    uint8_t mask[4];
    uint8_t gateway[4];
    uint8_t dns[4];
    uint8_t server[4];
    uint32_t seconds; // 0xFFFFFFFF: for ever
    uint32_t renew;   // T1 in seconds: from then on the server is asked for more
};

// What one exchange is told apart by.
struct updraft_dhcp_client {
    uint8_t mac[6];
    uint32_t transaction;  // random, a new one for each exchange
    const char *host_name; // NULL: none
};

// Writes a message of `type` (DISCOVER or REQUEST) and returns its length; at most UPDRAFT_DHCP_MESSAGE_MAX are needed,
// 0 when `size` is too small. `lease` is what a REQUEST asks for. `renews`: the address is in use, and asked for again
// from the server that gave it (RFC 2131, 4.3.2).
size_t updraft_dhcp_write(const struct updraft_dhcp_client *client, enum updraft_dhcp_type type,
                          const struct updraft_dhcp_lease *lease, bool renews, uint8_t *message, size_t size);

// Reads an answer: OFFER, ACK with `lease` filled in, NAK, or NOT_OURS for whatever is not well-formed, of another
// exchange, or gives no usable address. Trusts nothing.
enum updraft_dhcp_type updraft_dhcp_read(const struct updraft_dhcp_client *client, const uint8_t *message,
                                         size_t length, struct updraft_dhcp_lease *lease);

#endif
