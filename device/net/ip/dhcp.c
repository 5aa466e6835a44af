#include "dhcp.h"

#include <string.h>

enum {
    // Offsets of RFC 2131, figure 1.
    OP = 0,
    HARDWARE = 1,
    HARDWARE_LENGTH = 2,
    TRANSACTION = 4,
    FLAGS = 10,
    CLIENT_ADDRESS = 12,
    YOUR_ADDRESS = 16,
    CLIENT_HARDWARE = 28,
    SERVER_NAME = 44,
    FILE_NAME = 108,
    COOKIE = 236,
    OPTIONS = 240,

    BOOT_REQUEST = 1,
    BOOT_REPLY = 2,
    ETHERNET = 1,
    BROADCAST = 0x80,

    // Options of RFC 2132.
    PAD = 0,
    SUBNET_MASK = 1,
    ROUTER = 3,
    DNS_SERVER = 6,
    HOST_NAME = 12,
    REQUESTED_ADDRESS = 50,
    LEASE_SECONDS = 51,
    OVERLOAD = 52,
    MESSAGE_TYPE = 53,
    SERVER = 54,
    WANTED = 55,
    RENEW_SECONDS = 58,
    CLIENT = 61,
    END = 255,

    IN_FILE_NAME = 1,
    IN_SERVER_NAME = 2,
};

static const uint8_t cookie[4] = {99, 130, 83, 99};

static uint32_t u32(const uint8_t *at) {
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void put_u32(uint8_t *at, uint32_t value) {
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> (24 - 8 * i));
}

static uint8_t *option(uint8_t *at, uint8_t code, const void *value, size_t length) {
    *at++ = code;
    *at++ = (uint8_t)length;
    memcpy(at, value, length);
    return at + length;
}

size_t updraft_dhcp_write(const struct updraft_dhcp_client *client, enum updraft_dhcp_type type,
                          const struct updraft_dhcp_lease *lease, bool renews, uint8_t *message, size_t size) {
    static const uint8_t wanted[] = {SUBNET_MASK, ROUTER, DNS_SERVER, LEASE_SECONDS, RENEW_SECONDS};
    size_t name = client->host_name == NULL ? 0 : strlen(client->host_name);
    name = name > UPDRAFT_DHCP_HOST_NAME_MAX ? UPDRAFT_DHCP_HOST_NAME_MAX : name;
    // All options below at their longest; servers take 300 bytes at least (RFC 1542, 2.1).
    size_t most = OPTIONS + 3 + 9 + 6 + 6 + 2 + name + 2 + sizeof wanted + 1;
    size_t length = most < 300 ? 300 : most;
    if (size < length)
        return 0;
    memset(message, 0, length);
    message[OP] = BOOT_REQUEST;
    message[HARDWARE] = ETHERNET;
    message[HARDWARE_LENGTH] = sizeof client->mac;
    put_u32(message + TRANSACTION, client->transaction);
    if (renews)
        memcpy(message + CLIENT_ADDRESS, lease->address, 4);
    else
        message[FLAGS] = BROADCAST; // nobody can send to an address that is not ours yet
    memcpy(message + CLIENT_HARDWARE, client->mac, sizeof client->mac);
    memcpy(message + COOKIE, cookie, sizeof cookie);

    uint8_t identity[7] = {ETHERNET}, kind = (uint8_t)type, *at = message + OPTIONS;
    memcpy(identity + 1, client->mac, sizeof client->mac);
    at = option(at, MESSAGE_TYPE, &kind, 1);
    at = option(at, CLIENT, identity, sizeof identity);
    if (type == UPDRAFT_DHCP_REQUEST && !renews) {
        at = option(at, REQUESTED_ADDRESS, lease->address, 4);
        at = option(at, SERVER, lease->server, 4);
    }
    if (name > 0)
        at = option(at, HOST_NAME, client->host_name, name);
    at = option(at, WANTED, wanted, sizeof wanted);
    *at = END;
    return length;
}

// What an answer says, from its options.
struct answer {
    uint8_t type;
    uint8_t overload;
    bool malformed;
    bool has_lease_time;
    struct updraft_dhcp_lease lease;
};

static void take(struct answer *answer, uint8_t code, const uint8_t *value, size_t length) {
    struct updraft_dhcp_lease *lease = &answer->lease;
    switch (code) {
    case MESSAGE_TYPE: answer->type = length == 1 ? value[0] : 0; break;
    case OVERLOAD: answer->overload = length == 1 ? value[0] : 0; break;
    case SUBNET_MASK:
        if (length == 4)
            memcpy(lease->mask, value, 4);
        break;
    case ROUTER:
        if (length >= 4)
            memcpy(lease->gateway, value, 4);
        break;
    case DNS_SERVER:
        if (length >= 4)
            memcpy(lease->dns, value, 4);
        break;
    case SERVER:
        if (length == 4)
            memcpy(lease->server, value, 4);
        break;
    case LEASE_SECONDS:
        if (length == 4) {
            lease->seconds = u32(value);
            answer->has_lease_time = true;
        }
        break;
    case RENEW_SECONDS:
        if (length == 4)
            lease->renew = u32(value);
        break;
    default: break;
    }
}

static void read_options(struct answer *answer, const uint8_t *at, const uint8_t *end) {
    while (at < end && *at != END) {
        if (*at == PAD) {
            at++;
            continue;
        }
        if (end - at < 2 || end - at - 2 < at[1]) {
            answer->malformed = true;
            return;
        }
        take(answer, at[0], at + 2, at[1]);
        at += 2 + at[1];
    }
}

static bool is_zero(const uint8_t address[4]) {
    return u32(address) == 0;
}

enum updraft_dhcp_type updraft_dhcp_read(const struct updraft_dhcp_client *client, const uint8_t *message,
                                         size_t length, struct updraft_dhcp_lease *lease) {
    if (length < OPTIONS || message[OP] != BOOT_REPLY || u32(message + TRANSACTION) != client->transaction ||
        memcmp(message + CLIENT_HARDWARE, client->mac, sizeof client->mac) != 0 ||
        memcmp(message + COOKIE, cookie, sizeof cookie) != 0)
        return UPDRAFT_DHCP_NOT_OURS;
    struct answer answer = {0};
    read_options(&answer, message + OPTIONS, message + length);
    uint8_t overload = answer.overload;
    if (overload & IN_FILE_NAME)
        read_options(&answer, message + FILE_NAME, message + COOKIE);
    if (overload & IN_SERVER_NAME)
        read_options(&answer, message + SERVER_NAME, message + FILE_NAME);
    if (answer.malformed)
        return UPDRAFT_DHCP_NOT_OURS;
    if (answer.type == UPDRAFT_DHCP_NAK)
        return UPDRAFT_DHCP_NAK;
    memcpy(answer.lease.address, message + YOUR_ADDRESS, 4);
    bool is_usable = !is_zero(answer.lease.address) && answer.lease.address[0] < 224 && !is_zero(answer.lease.server) &&
                     answer.has_lease_time && answer.lease.seconds > 0;
    if ((answer.type != UPDRAFT_DHCP_OFFER && answer.type != UPDRAFT_DHCP_ACK) || !is_usable)
        return UPDRAFT_DHCP_NOT_OURS;
    if (is_zero(answer.lease.mask))
        memset(answer.lease.mask, 255, 3);
    if (answer.lease.renew == 0 || answer.lease.renew > answer.lease.seconds)
        answer.lease.renew = answer.lease.seconds / 2;
    *lease = answer.lease;
    return (enum updraft_dhcp_type)answer.type;
}
