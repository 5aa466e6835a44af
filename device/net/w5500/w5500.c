#include "w5500.h"

#include <string.h>

#include "net/ip/dns.h"

enum {
    // Blocks (bits 7..3 of the control byte); those of a socket follow one another.
    COMMON = 0,
    SOCKET = 1,
    TX_BUFFER = 2,
    RX_BUFFER = 3,
    BLOCKS_A_SOCKET = 4,
    WRITE = 1 << 2,

    // Common registers.
    MODE = 0x0000,
    GATEWAY = 0x0001,
    SUBNET = 0x0005,
    MAC = 0x0009,
    ADDRESS = 0x000F,
    RETRY_TIME = 0x0019, // unit 100 us
    RETRY_COUNT = 0x001B,
    PHY = 0x002E,
    VERSION = 0x0039,

    RESET = 0x80,
    LINK_UP = 0x01,
    IS_W5500 = 0x04,

    // Registers of a socket.
    SOCKET_MODE = 0x00,
    COMMAND = 0x01,
    EVENTS = 0x02,
    STATE = 0x03,
    LOCAL_PORT = 0x04,
    PEER = 0x0C,
    PEER_PORT = 0x10,
    RX_KB = 0x1E,
    TX_KB = 0x1F,
    TX_FREE = 0x20,
    TX_WRITE = 0x24,
    RX_SIZE = 0x26,
    RX_READ = 0x28,

    TCP = 0x01,
    UDP = 0x02,

    OPEN = 0x01,
    CONNECT = 0x04,
    DISCONNECT = 0x08,
    CLOSE = 0x10,
    SEND = 0x20,
    RECEIVE = 0x40,

    SENT = 0x10,
    TIMED_OUT = 0x08,
    ALL_EVENTS = 0x1F,

    CLOSED = 0x00,
    INITIAL = 0x13,
    ESTABLISHED = 0x17,
    CLOSE_WAIT = 0x1C,
    UDP_OPEN = 0x22,

    // Which socket is for what, and how much of the chip's 16 KB each way it has.
    CONNECTION = 0,
    DATAGRAMS = 1,
    SOCKETS = 8,
    CONNECTION_RX_KB = 8,
    CONNECTION_TX_KB = 4,
    DATAGRAMS_KB = 2,

    RETRY_100_US = 2000, // and doubled each time: 0.2, 0.4, 0.8, 1.6, 3.2 s
    RETRIES = 4,

    RESET_MS = 20,
    COMMAND_MS = 50, // the chip takes microseconds
    LINK_MS = 6000,  // negotiating takes 1 to 3 s
    CONNECT_MS = 12000,
    SEND_MS = 15000,
    CLOSE_MS = 500,
    DATAGRAM_MS = 3000,
    DHCP_ANSWER_MS = 4000,
    DHCP_TRIES = 3,
    DNS_ANSWER_MS = 2500,
    DNS_TRIES = 3,
    RENEW_PAUSE_S = 60,
    LEASE_MOST_S = 2000000, // milliseconds wrap at 49 days

    FIRST_PORT = 49152, // RFC 6335, dynamic ports
    PORTS = 16384,
    COUNTER_TRIES = 50,
};

// ---- registers

static uint8_t block_of(int socket, int which) {
    return (uint8_t)(which + BLOCKS_A_SOCKET * socket);
}

static void access(struct updraft_w5500 *w5500, uint8_t block, uint16_t address, const uint8_t *out, uint8_t *in,
                   size_t length) {
    const struct updraft_spi_bus *spi = w5500->port->spi;
    uint8_t head[3] = {(uint8_t)(address >> 8), (uint8_t)address, (uint8_t)(block << 3 | (out != NULL ? WRITE : 0))};
    spi->select(spi->context, true);
    spi->transfer(spi->context, head, NULL, sizeof head);
    spi->transfer(spi->context, out, in, length);
    spi->select(spi->context, false);
}

static void read(struct updraft_w5500 *w5500, uint8_t block, uint16_t address, uint8_t *data, size_t length) {
    access(w5500, block, address, NULL, data, length);
}

static void write(struct updraft_w5500 *w5500, uint8_t block, uint16_t address, const uint8_t *data, size_t length) {
    access(w5500, block, address, data, NULL, length);
}

static uint8_t get(struct updraft_w5500 *w5500, uint8_t block, uint16_t address) {
    uint8_t value = 0;
    read(w5500, block, address, &value, 1);
    return value;
}

static void set(struct updraft_w5500 *w5500, uint8_t block, uint16_t address, uint8_t value) {
    write(w5500, block, address, &value, 1);
}

static uint16_t get16(struct updraft_w5500 *w5500, uint8_t block, uint16_t address) {
    uint8_t value[2] = {0};
    read(w5500, block, address, value, sizeof value);
    return (uint16_t)(value[0] << 8 | value[1]);
}

static void set16(struct updraft_w5500 *w5500, uint8_t block, uint16_t address, uint16_t value) {
    uint8_t bytes[2] = {(uint8_t)(value >> 8), (uint8_t)value};
    write(w5500, block, address, bytes, sizeof bytes);
}

// A counter that the chip changes meanwhile; false when it never reads the same twice, or is more than `most`.
static bool counter(struct updraft_w5500 *w5500, int socket, uint16_t address, uint16_t most, uint16_t *value) {
    uint8_t block = block_of(socket, SOCKET);
    *value = get16(w5500, block, address);
    for (int tries = 0; tries < COUNTER_TRIES; tries++) {
        uint16_t again = get16(w5500, block, address);
        if (again == *value)
            return again <= most;
        *value = again;
    }
    return false;
}

// ---- time

static uint32_t now(const struct updraft_w5500 *w5500) {
    return w5500->port->millis(w5500->port->context);
}

static bool passed(const struct updraft_w5500 *w5500, uint32_t deadline) {
    return (int32_t)(now(w5500) - deadline) >= 0;
}

static void idle(const struct updraft_w5500 *w5500) {
    w5500->port->idle(w5500->port->context);
}

// ---- sockets

static bool command(struct updraft_w5500 *w5500, int socket, uint8_t what) {
    uint8_t block = block_of(socket, SOCKET);
    set(w5500, block, COMMAND, what);
    for (uint32_t end = now(w5500) + COMMAND_MS; get(w5500, block, COMMAND) != 0;)
        if (passed(w5500, end)) {
            w5500->stuck = true;
            return false;
        }
    return true;
}

static uint8_t state(struct updraft_w5500 *w5500, int socket) {
    return get(w5500, block_of(socket, SOCKET), STATE);
}

static uint16_t other_port(struct updraft_w5500 *w5500) {
    uint16_t port;
    do {
        port = (uint16_t)(FIRST_PORT + w5500->port->random(w5500->port->context) % PORTS);
    } while (port == w5500->local_port);
    w5500->local_port = port;
    return port;
}

static bool open_socket(struct updraft_w5500 *w5500, int socket, uint8_t mode, uint16_t port) {
    uint8_t block = block_of(socket, SOCKET);
    (void)command(w5500, socket, CLOSE);
    set(w5500, block, EVENTS, ALL_EVENTS);
    set(w5500, block, SOCKET_MODE, mode);
    set16(w5500, block, LOCAL_PORT, port);
    return command(w5500, socket, OPEN) && state(w5500, socket) == (mode == TCP ? INITIAL : UDP_OPEN);
}

static void point_at(struct updraft_w5500 *w5500, int socket, const uint8_t address[4], uint16_t port) {
    write(w5500, block_of(socket, SOCKET), PEER, address, 4);
    set16(w5500, block_of(socket, SOCKET), PEER_PORT, port);
}

// Sends what was put behind TX_WRITE. The chip must be done with one SEND before the next.
static bool send_now(struct updraft_w5500 *w5500, int socket, uint32_t timeout_ms) {
    uint8_t block = block_of(socket, SOCKET), events;
    if (!command(w5500, socket, SEND))
        return false;
    for (uint32_t end = now(w5500) + timeout_ms; !((events = get(w5500, block, EVENTS)) & SENT); idle(w5500))
        if (events & TIMED_OUT || passed(w5500, end) || state(w5500, socket) == CLOSED)
            return false;
    set(w5500, block, EVENTS, SENT);
    return true;
}

static void put(struct updraft_w5500 *w5500, int socket, const uint8_t *data, uint16_t length) {
    uint16_t at = get16(w5500, block_of(socket, SOCKET), TX_WRITE);
    write(w5500, block_of(socket, TX_BUFFER), at, data, length);
    set16(w5500, block_of(socket, SOCKET), TX_WRITE, (uint16_t)(at + length));
}

// Takes `length` bytes that are there; `data` NULL drops them.
static bool take(struct updraft_w5500 *w5500, int socket, uint8_t *data, uint16_t length) {
    uint16_t at = get16(w5500, block_of(socket, SOCKET), RX_READ);
    if (data != NULL)
        read(w5500, block_of(socket, RX_BUFFER), at, data, length);
    set16(w5500, block_of(socket, SOCKET), RX_READ, (uint16_t)(at + length));
    return command(w5500, socket, RECEIVE);
}

// ---- datagrams

static bool send_datagram(struct updraft_w5500 *w5500, const uint8_t to[4], uint16_t port, const uint8_t *data,
                          size_t length) {
    point_at(w5500, DATAGRAMS, to, port);
    put(w5500, DATAGRAMS, data, (uint16_t)length);
    return send_now(w5500, DATAGRAMS, DATAGRAM_MS);
}

// The next datagram from `port`, and from `from` unless that is NULL: its length, 0 when none came. One that is longer
// than `size` is passed over.
static size_t next_datagram(struct updraft_w5500 *w5500, const uint8_t *from, uint16_t port, uint8_t *data, size_t size,
                            uint32_t deadline) {
    for (;; idle(w5500)) {
        uint8_t head[8];
        uint16_t there;
        if (passed(w5500, deadline) || !counter(w5500, DATAGRAMS, RX_SIZE, DATAGRAMS_KB * 1024, &there))
            return 0;
        if (there < sizeof head)
            continue;
        (void)take(w5500, DATAGRAMS, head, sizeof head);
        uint16_t length = (uint16_t)(head[6] << 8 | head[7]);
        if (length > there - sizeof head)
            return 0; // out of step: the socket is opened anew before the next question
        bool ours = length <= size && (head[4] << 8 | head[5]) == port && (from == NULL || memcmp(head, from, 4) == 0);
        if (!take(w5500, DATAGRAMS, ours ? data : NULL, length))
            return 0;
        if (ours)
            return length;
    }
}

// ---- an address

static void use(struct updraft_w5500 *w5500, const struct updraft_dhcp_lease *lease) {
    write(w5500, COMMON, ADDRESS, lease->address, 4);
    write(w5500, COMMON, SUBNET, lease->mask, 4);
    write(w5500, COMMON, GATEWAY, lease->gateway, 4);
}

// Sends one message, and waits for an answer to it.
static enum updraft_dhcp_type dhcp(struct updraft_w5500 *w5500, const struct updraft_dhcp_client *client,
                                   enum updraft_dhcp_type type, struct updraft_dhcp_lease *lease, bool renews) {
    static const uint8_t everybody[4] = {255, 255, 255, 255};
    uint8_t message[UPDRAFT_DHCP_MESSAGE_MAX];
    size_t length = updraft_dhcp_write(client, type, lease, renews, message, sizeof message);
    uint32_t end = now(w5500) + DHCP_ANSWER_MS;
    if (!send_datagram(w5500, renews ? lease->server : everybody, UPDRAFT_DHCP_SERVER_PORT, message, length))
        return UPDRAFT_DHCP_NOT_OURS;
    while ((length = next_datagram(w5500, NULL, UPDRAFT_DHCP_SERVER_PORT, message, sizeof message, end)) > 0) {
        enum updraft_dhcp_type got = updraft_dhcp_read(client, message, length, lease);
        if (got == (type == UPDRAFT_DHCP_DISCOVER ? UPDRAFT_DHCP_OFFER : UPDRAFT_DHCP_ACK) || got == UPDRAFT_DHCP_NAK)
            return got;
    }
    return UPDRAFT_DHCP_NOT_OURS;
}

// One exchange: a new address, or more time for the one there is. ACK when it is had.
static enum updraft_dhcp_type ask_for_address(struct updraft_w5500 *w5500, bool renews) {
    struct updraft_dhcp_client client = {.host_name = w5500->port->host_name,
                                         .transaction = w5500->port->random(w5500->port->context)};
    struct updraft_dhcp_lease lease = {0};
    uint32_t begun = now(w5500);
    memcpy(client.mac, w5500->port->mac, sizeof client.mac);
    if (renews)
        lease = w5500->lease;
    else
        use(w5500, &lease); // none
    enum updraft_dhcp_type got = UPDRAFT_DHCP_NOT_OURS;
    if (open_socket(w5500, DATAGRAMS, UDP, UPDRAFT_DHCP_CLIENT_PORT) &&
        (renews || dhcp(w5500, &client, UPDRAFT_DHCP_DISCOVER, &lease, false) == UPDRAFT_DHCP_OFFER))
        got = dhcp(w5500, &client, UPDRAFT_DHCP_REQUEST, &lease, renews);
    (void)command(w5500, DATAGRAMS, CLOSE);
    if (got == UPDRAFT_DHCP_ACK) {
        w5500->lease = lease;
        w5500->leased_at = begun;
        use(w5500, &lease);
    }
    return got;
}

static bool get_address(struct updraft_w5500 *w5500) {
    static const uint8_t none[4] = {0};
    if (memcmp(w5500->port->fixed.address, none, 4) != 0) {
        w5500->lease = w5500->port->fixed;
        use(w5500, &w5500->lease);
        return true;
    }
    uint32_t age = (now(w5500) - w5500->leased_at) / 1000;
    uint32_t lasts = w5500->lease.seconds < LEASE_MOST_S ? w5500->lease.seconds : LEASE_MOST_S;
    w5500->has_lease = w5500->has_lease && age < lasts;
    if (w5500->has_lease && age >= w5500->lease.renew) {
        enum updraft_dhcp_type got = ask_for_address(w5500, true);
        w5500->has_lease = got != UPDRAFT_DHCP_NAK;
        if (got != UPDRAFT_DHCP_ACK)
            w5500->lease.renew = age + RENEW_PAUSE_S; // the address is ours until the lease ends
    }
    for (int tries = 0; tries < DHCP_TRIES && !w5500->has_lease; tries++)
        w5500->has_lease = ask_for_address(w5500, false) == UPDRAFT_DHCP_ACK;
    return w5500->has_lease;
}

// ---- the chip

static bool is_set_up(struct updraft_w5500 *w5500) {
    uint8_t mac[6];
    read(w5500, COMMON, MAC, mac, sizeof mac);
    return get(w5500, COMMON, VERSION) == IS_W5500 && memcmp(mac, w5500->port->mac, sizeof mac) == 0;
}

static bool set_up(struct updraft_w5500 *w5500) {
    w5500->has_lease = false;
    w5500->open = false;
    w5500->stuck = false;
    if (get(w5500, COMMON, VERSION) != IS_W5500)
        return false;
    set(w5500, COMMON, MODE, RESET);
    for (uint32_t end = now(w5500) + RESET_MS; get(w5500, COMMON, MODE) & RESET; idle(w5500))
        if (passed(w5500, end))
            return false;
    set16(w5500, COMMON, RETRY_TIME, RETRY_100_US);
    set(w5500, COMMON, RETRY_COUNT, RETRIES);
    for (int socket = 0; socket < SOCKETS; socket++) {
        uint8_t rx = socket == CONNECTION ? CONNECTION_RX_KB : socket == DATAGRAMS ? DATAGRAMS_KB : 0;
        uint8_t tx = socket == CONNECTION ? CONNECTION_TX_KB : socket == DATAGRAMS ? DATAGRAMS_KB : 0;
        set(w5500, block_of(socket, SOCKET), RX_KB, rx);
        set(w5500, block_of(socket, SOCKET), TX_KB, tx);
    }
    write(w5500, COMMON, MAC, w5500->port->mac, sizeof w5500->port->mac);
    return is_set_up(w5500);
}

static bool wait_for_link(struct updraft_w5500 *w5500) {
    for (uint32_t end = now(w5500) + LINK_MS; !(get(w5500, COMMON, PHY) & LINK_UP); idle(w5500)) {
        w5500->has_lease = false; // it may be another network when the cable is back
        if (passed(w5500, end))
            return false;
    }
    return true;
}

enum updraft_w5500_result updraft_w5500_join(struct updraft_w5500 *w5500) {
    const struct updraft_spi_bus *spi = w5500->port->spi;
    (void)spi->clock(spi->context, w5500->port->clock_hz); // others may share the bus
    w5500->last = UPDRAFT_W5500_OK;
    if ((w5500->stuck || !is_set_up(w5500)) && !set_up(w5500))
        w5500->last = UPDRAFT_W5500_ABSENT;
    else if (!wait_for_link(w5500))
        w5500->last = UPDRAFT_W5500_NO_LINK;
    else if (!get_address(w5500))
        w5500->last = UPDRAFT_W5500_NO_LEASE;
    return w5500->last;
}

void updraft_w5500_start(struct updraft_w5500 *w5500, const struct updraft_w5500_port *port) {
    *w5500 = (struct updraft_w5500){.port = port};
    (void)port->spi->clock(port->spi->context, port->clock_hz);
}

void updraft_w5500_mac(uint8_t mac[6], const void *unique, size_t length) {
    const uint8_t *bytes = unique;
    uint32_t high = 0x811C9DC5, low = 0; // FNV-1a, twice
    for (size_t i = 0; i < 2 * length; i++) {
        high = (high ^ bytes[i % length]) * 0x01000193;
        low = i + 1 == length ? high : low;
    }
    mac[0] = 0x02; // locally administered, one receiver (IEEE 802, 8.2)
    for (int i = 0; i < 4; i++)
        mac[1 + i] = (uint8_t)(high >> 8 * i);
    mac[5] = (uint8_t)(low >> 24 ^ low >> 8 ^ low);
}

const char *updraft_w5500_result_name(enum updraft_w5500_result result) {
    static const char *const names[] = {"ok",      "absent", "no-link", "no-lease",
                                        "no-name", "no-dns", "refused", "insecure"};
    return (unsigned)result < sizeof names / sizeof *names ? names[result] : "";
}

// ---- names

static enum updraft_w5500_result resolve(struct updraft_w5500 *w5500, const char *host, uint8_t address[4]) {
    uint8_t question[UPDRAFT_DNS_QUESTION_MAX], message[UPDRAFT_DNS_MESSAGE_MAX];
    enum updraft_w5500_result result = UPDRAFT_W5500_NO_DNS;
    if (updraft_ip_parse(host, address))
        return UPDRAFT_W5500_OK;
    for (int tries = 0; tries < DNS_TRIES && result == UPDRAFT_W5500_NO_DNS; tries++) {
        size_t asked = updraft_dns_write(host, (uint16_t)w5500->port->random(w5500->port->context), question);
        if (asked == 0)
            return UPDRAFT_W5500_NO_NAME;
        if (!open_socket(w5500, DATAGRAMS, UDP, other_port(w5500)))
            break;
        uint32_t end = now(w5500) + DNS_ANSWER_MS;
        if (!send_datagram(w5500, w5500->lease.dns, UPDRAFT_DNS_PORT, question, asked))
            continue;
        size_t length;
        while (result == UPDRAFT_W5500_NO_DNS &&
               (length = next_datagram(w5500, w5500->lease.dns, UPDRAFT_DNS_PORT, message, sizeof message, end)) > 0) {
            enum updraft_dns_answer answer = updraft_dns_read(question, asked, message, length, address);
            if (answer == UPDRAFT_DNS_FOUND)
                result = UPDRAFT_W5500_OK;
            else if (answer == UPDRAFT_DNS_NO_SUCH_NAME)
                result = UPDRAFT_W5500_NO_NAME;
            else if (answer == UPDRAFT_DNS_FAILED)
                break;
        }
    }
    (void)command(w5500, DATAGRAMS, CLOSE);
    return result;
}

// ---- the agent's network

static void close_link(void *context) {
    struct updraft_w5500 *w5500 = context;
    if (w5500->open && state(w5500, CONNECTION) != CLOSED && command(w5500, CONNECTION, DISCONNECT))
        for (uint32_t end = now(w5500) + CLOSE_MS; state(w5500, CONNECTION) != CLOSED && !passed(w5500, end);)
            idle(w5500);
    (void)command(w5500, CONNECTION, CLOSE);
    w5500->open = false;
}

static bool open_link(void *context, const char *host, uint16_t port, bool secure) {
    struct updraft_w5500 *w5500 = context;
    uint8_t address[4];
    if (secure) {
        w5500->last = UPDRAFT_W5500_INSECURE;
        return false;
    }
    if (updraft_w5500_join(w5500) != UPDRAFT_W5500_OK)
        return false;
    w5500->last = resolve(w5500, host, address);
    if (w5500->last != UPDRAFT_W5500_OK)
        return false;
    w5500->last = UPDRAFT_W5500_REFUSED;
    if (!open_socket(w5500, CONNECTION, TCP, other_port(w5500)))
        return false;
    point_at(w5500, CONNECTION, address, port);
    bool asked = command(w5500, CONNECTION, CONNECT);
    for (uint32_t end = now(w5500) + CONNECT_MS; asked && state(w5500, CONNECTION) != ESTABLISHED; idle(w5500))
        if (state(w5500, CONNECTION) == CLOSED || passed(w5500, end))
            asked = false;
    w5500->open = asked;
    if (asked)
        w5500->last = UPDRAFT_W5500_OK;
    else
        (void)command(w5500, CONNECTION, CLOSE);
    return asked;
}

static bool send(void *context, const uint8_t *data, size_t length) {
    struct updraft_w5500 *w5500 = context;
    uint32_t end = now(w5500) + SEND_MS;
    while (length > 0 && w5500->open) {
        uint16_t free;
        uint8_t is = state(w5500, CONNECTION);
        if ((is != ESTABLISHED && is != CLOSE_WAIT) || passed(w5500, end) ||
            !counter(w5500, CONNECTION, TX_FREE, CONNECTION_TX_KB * 1024, &free))
            return false;
        if (free == 0) {
            idle(w5500);
            continue;
        }
        uint16_t piece = length < free ? (uint16_t)length : free;
        put(w5500, CONNECTION, data, piece);
        if (!send_now(w5500, CONNECTION, SEND_MS))
            return false;
        data += piece;
        length -= piece;
    }
    return length == 0;
}

static int receive(void *context, uint8_t *data, size_t size, uint32_t timeout_ms) {
    struct updraft_w5500 *w5500 = context;
    for (uint32_t end = now(w5500) + timeout_ms; w5500->open; idle(w5500)) {
        // Asked for before the bytes are: what came before the peer closed is there by then.
        uint8_t is = state(w5500, CONNECTION);
        uint16_t there;
        if (!counter(w5500, CONNECTION, RX_SIZE, CONNECTION_RX_KB * 1024, &there))
            return -1;
        if (there > 0) {
            uint16_t length = there < size ? there : (uint16_t)size;
            return take(w5500, CONNECTION, data, length) ? length : -1;
        }
        if (is != ESTABLISHED || !(get(w5500, COMMON, PHY) & LINK_UP))
            return -1;
        if (passed(w5500, end))
            return 0;
    }
    return -1;
}

static uint32_t millis(void *context) {
    return now(context);
}

struct updraft_network updraft_w5500_network(struct updraft_w5500 *w5500) {
    return (struct updraft_network){.context = w5500,
                                    .connect = open_link,
                                    .send = send,
                                    .receive = receive,
                                    .close = close_link,
                                    .millis = millis};
}
