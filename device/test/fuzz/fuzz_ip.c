// Whatever comes as an answer of DHCP or DNS: read or refused, never past its end, and a lease that is given is usable.
#include "net/ip/dhcp.h"
#include "net/ip/dns.h"

#include <stdlib.h>
#include <string.h>

static void dhcp(const uint8_t *data, size_t size) {
    static const struct updraft_dhcp_client client = {{2, 0, 0, 1, 2, 3}, 0x11223344, "board-7"};
    static const uint8_t head[] = {2, 1, 6, 0, 0x11, 0x22, 0x33, 0x44}, cookie[] = {99, 130, 83, 99}, none[4];
    uint8_t *message = malloc(240 + size); // its own block, so that a step behind its end is seen
    memset(message, 0, 240);
    memcpy(message, head, sizeof head);
    memcpy(message + 28, client.mac, sizeof client.mac);
    memcpy(message + 236, cookie, sizeof cookie);
    memcpy(message + 240, data, size);
    if (size > 4)
        memcpy(message + 16, data + size - 4, 4);
    struct updraft_dhcp_lease lease;
    enum updraft_dhcp_type got = updraft_dhcp_read(&client, message, 240 + size, &lease);
    if (got == UPDRAFT_DHCP_ACK && (memcmp(lease.address, none, 4) == 0 || lease.renew > lease.seconds))
        abort();
    free(message);
}

static void dns(const uint8_t *data, size_t size) {
    uint8_t question[UPDRAFT_DNS_QUESTION_MAX], address[4];
    size_t asked = updraft_dns_write("updates.example.com", 0x1234, question);
    uint8_t *message = malloc(asked + size);
    memcpy(message, question, asked);
    message[2] = 0x81;
    message[7] = 4;
    memcpy(message + asked, data, size);
    (void)updraft_dns_read(question, asked, message, asked + size, address);
    free(message);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    dhcp(data, size);
    dns(data, size);
    return 0;
}
