// Names into addresses (RFC 1035): builds a question and reads its answer; sends nothing itself.
#ifndef UPDRAFT_NET_DNS_H
#define UPDRAFT_NET_DNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UPDRAFT_DNS_PORT = 53, UPDRAFT_DNS_QUESTION_MAX = 272, UPDRAFT_DNS_MESSAGE_MAX = 512 };

enum updraft_dns_answer {
    UPDRAFT_DNS_NOT_OURS, // malformed, or the answer to something else: wait on
    UPDRAFT_DNS_FOUND,
    UPDRAFT_DNS_NO_SUCH_NAME, // or it has no IPv4 address
    UPDRAFT_DNS_FAILED,       // the server cannot tell now
};

// Asks for the IPv4 address of `name`; returns the length of the question, 0 for what is no name (a label empty or
// longer than 63, longer than 253 in all).
size_t updraft_dns_write(const char *name, uint16_t id, uint8_t question[UPDRAFT_DNS_QUESTION_MAX]);

// Reads an answer to that question. Follows names for their length only: the first address of class IN counts, whatever
// chain of aliases led to it. Trusts nothing.
enum updraft_dns_answer updraft_dns_read(const uint8_t *question, size_t question_length, const uint8_t *message,
                                         size_t length, uint8_t address[4]);

// "192.168.1.2" as an address; false for anything else.
bool updraft_ip_parse(const char *text, uint8_t address[4]);

#endif
