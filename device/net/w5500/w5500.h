// Driver for WIZnet's W5500: Ethernet with TCP in hardware, on SPI. Facts: W5500 data sheet 1.1.0, sections 2 to 4.
//
// The chip has no DHCP and no names: both are done here (../ip), over a second socket. Its TCP trusts its host: a
// counter that is read while it changes is wrong, and a chip that is not there, or was reset, reads as anything. So
// counters are read until two readings agree, what cannot be is a failed call, every wait ends, and a chip that forgot
// its settings is set up anew at the next connection.
#ifndef UPDRAFT_NET_W5500_H
#define UPDRAFT_NET_W5500_H

#include "media/spi.h"
#include "net/ip/dhcp.h"
#include "updraft_network.h"

enum updraft_w5500_result {
    UPDRAFT_W5500_OK = 0,
    UPDRAFT_W5500_ABSENT,   // nothing on SPI that answers as a W5500
    UPDRAFT_W5500_NO_LINK,  // no cable, or nobody at its other end
    UPDRAFT_W5500_NO_LEASE, // no DHCP server gave an address
    UPDRAFT_W5500_NO_NAME,  // the server's name has no address
    UPDRAFT_W5500_NO_DNS,   // no answer from a name server
    UPDRAFT_W5500_REFUSED,  // nobody takes the connection
    UPDRAFT_W5500_INSECURE, // https was asked for: put TLS over this network
};

// What the application gives; must stay where it is.
struct updraft_w5500_port {
    void *context;
    const struct updraft_spi_bus *spi;
    uint32_t clock_hz; // of SPI, at most; 33 MHz is what the data sheet promises
    uint32_t (*millis)(void *context);
    // Called over and over while the driver waits: feed the watchdog, sleep until the next interrupt.
    void (*idle)(void *context);
    // For ports and the numbers of messages: must differ from one start of the chip to the next.
    uint32_t (*random)(void *context);
    uint8_t mac[6];        // the chip has none of its own
    const char *host_name; // that DHCP tells the network; NULL: none
    // An address of one's own instead of DHCP's: address, mask, gateway and dns are set; address 0.0.0.0: DHCP.
    struct updraft_dhcp_lease fixed;
};

struct updraft_w5500 {
    const struct updraft_w5500_port *port;
    enum updraft_w5500_result last; // why the last connection was not opened
    struct updraft_dhcp_lease lease;
    uint32_t leased_at; // by port->millis
    bool has_lease;
    bool open;
    bool stuck;          // a command was not taken: the chip is reset at the next connection
    uint16_t local_port; // of the last connection: the next one takes another
};

void updraft_w5500_start(struct updraft_w5500 *w5500, const struct updraft_w5500_port *port);

// A MAC of one's own, locally administered, from what tells this device from others: the chip's unique id, or its name.
void updraft_w5500_mac(uint8_t mac[6], const void *unique, size_t length);

// Sets the chip up, waits for the link and an address; blocks up to half a minute. Does nothing when all that stands.
enum updraft_w5500_result updraft_w5500_join(struct updraft_w5500 *w5500);

// "no-link" and so on, for a report or a console.
const char *updraft_w5500_result_name(enum updraft_w5500_result result);

// The driver as the agent's network.
struct updraft_network updraft_w5500_network(struct updraft_w5500 *w5500);

#endif
