// What all modules with AT commands share: lines, notices that come unasked, endings, the prompt, counted raw data, and
// getting back into step when a byte was lost. A driver (../esp_at, a cellular modem) says in a dialect how its module
// words these, and builds its commands on the functions below.
//
// A UART has no check sums, and a byte that is lost glues two lines together, shortens a number or shifts data by one.
// So nothing is passed over: a line that is neither a notice, an ending, nor what the command asks for means that bytes
// were lost. The call under way fails, and the next one brings both ends into step first.
#ifndef UPDRAFT_NET_AT_H
#define UPDRAFT_NET_AT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UPDRAFT_AT_LINE_MAX = 127 }; // a longer line is one that lost its end

// The UART and the clock, from the application.
struct updraft_at_port {
    void *context;
    // Sends all bytes, waiting while the module holds CTS, for a bounded time.
    void (*write)(void *context, const uint8_t *data, size_t length);
    // Takes what has been received, up to size bytes; 0 when there is nothing. Received bytes are expected in a ring
    // buffer that an interrupt fills: 256 bytes are enough with RTS/CTS, 2 KB without.
    size_t (*read)(void *context, uint8_t *data, size_t size);
    uint32_t (*millis)(void *context);
    // Called over and over while the driver waits: feed the watchdog, sleep until the next interrupt.
    void (*idle)(void *context);
    // Bits a second of the UART, whose RTS and CTS are wired to the module: the driver then has the module honour them.
    // 0: they are not wired, and the module is left as it is. Bytes are then lost whenever this processor stands still
    // (a flash erase, up to 2 s) while the module speaks.
    uint32_t baud;
};

enum updraft_at_ending {
    UPDRAFT_AT_MORE, // not an ending
    UPDRAFT_AT_OK,
    UPDRAFT_AT_ERROR,
    UPDRAFT_AT_BUSY,      // the module threw the command away
    UPDRAFT_AT_RESTARTED, // the module reset itself
    UPDRAFT_AT_LOST,      // silence, or something that cannot follow here: bytes were lost
};

// How a kind of module speaks.
struct updraft_at_dialect {
    char prompt; // "send the data now"
    // Whether the line ends a command, and how.
    enum updraft_at_ending (*ending)(const char *line);
    // True for a line that may come unasked at any time; what it says is noted, nothing else is done.
    bool (*notice)(void *module, const char *line);
    // True when raw data follows the last character of text, which is of the line under way and may have a glued notice
    // before it; *count: how many bytes.
    bool (*counted)(const char *text, size_t length, uint32_t *count);
};

struct updraft_at {
    const struct updraft_at_port *port;
    const struct updraft_at_dialect *dialect;
    void *module;           // for dialect->notice
    bool out_of_step;       // bytes were lost, or an answer is outstanding that nobody waits for any more
    bool echoes;            // the module was heard to echo: it was reset, and is not set up
    uint8_t tail;           // line ends behind counted data, as this module's firmware sends them; 0: not known yet
    bool short_tail;        // one line end was seen once, and not believed
    uint8_t length;         // of line
    uint16_t taken, filled; // of input
    uint32_t count;         // bytes behind UPDRAFT_AT_TOKEN_DATA
    char line[UPDRAFT_AT_LINE_MAX + 1];
    uint8_t input[64];
};

enum updraft_at_token {
    UPDRAFT_AT_TOKEN_NONE,   // nothing whole came in time
    UPDRAFT_AT_TOKEN_LINE,   // in at->line, without its end; not empty, not a notice
    UPDRAFT_AT_TOKEN_NOTICE, // in at->line; it was noted
    UPDRAFT_AT_TOKEN_PROMPT,
    UPDRAFT_AT_TOKEN_DATA, // at->count raw bytes follow
};

void updraft_at_start(struct updraft_at *at, const struct updraft_at_port *port,
                      const struct updraft_at_dialect *dialect, void *module);

uint32_t updraft_at_now(struct updraft_at *at);
bool updraft_at_passed(struct updraft_at *at, uint32_t deadline);

// Parts of a command. write_quoted puts a backslash before quotes, commas and backslashes.
void updraft_at_write(struct updraft_at *at, const char *text);
void updraft_at_write_number(struct updraft_at *at, uint32_t value);
void updraft_at_write_quoted(struct updraft_at *at, const char *text);

// The next thing that the module says. Counted data is looked for only where the caller expects some.
enum updraft_at_token updraft_at_next(struct updraft_at *at, bool expects_data, uint32_t deadline);

// Takes notices that came meanwhile; false, and out of step, when something else came.
bool updraft_at_take_notices(struct updraft_at *at);

// Whatever comes, until it is quiet for so long (at most 2 s): for the pause after "busy".
void updraft_at_drain(struct updraft_at *at, uint32_t quiet_ms);

// Brings module and driver back into step, whatever was going on: a reset of this chip may have left the module in the
// middle of taking data to send. False: the module is silent.
bool updraft_at_synchronise(struct updraft_at *at);

// Waits for the end of the command that was written. A line that begins with `wanted` (NULL: none) is the answer: what
// follows it in the line is copied to value, cut to size. UPDRAFT_AT_OK comes only after it.
enum updraft_at_ending updraft_at_wait(struct updraft_at *at, const char *wanted, char *value, size_t size,
                                       uint32_t timeout_ms);

// Writes the command and waits for its end; again while the module is busy, up to timeout_ms. In step before it begins,
// or UPDRAFT_AT_LOST.
enum updraft_at_ending updraft_at_command(struct updraft_at *at, const char *command, uint32_t timeout_ms);
enum updraft_at_ending updraft_at_query(struct updraft_at *at, const char *command, const char *wanted, char *value,
                                        size_t size, uint32_t timeout_ms);
// A command of the application's own, whose answer may have any lines.
enum updraft_at_ending updraft_at_command_loosely(struct updraft_at *at, const char *command, uint32_t timeout_ms);

// Takes the at->count bytes behind UPDRAFT_AT_TOKEN_DATA and the ending behind them. True only when everything that
// must follow the data followed it, to the byte: one lost or doubled within the data would have shifted it.
bool updraft_at_take_data(struct updraft_at *at, uint8_t *data);

// Decimal digits at *text, at least one; moves *text behind them. False for none, or a number over 32 bits.
bool updraft_at_number(const char **text, uint32_t *value);

#endif
