// Is this an image that may run here? Everything that decides is taken from one reading: the bytes that were hashed,
// and whose signature was verified. Memory outside the chip may answer the next reading differently.
#ifndef UPDRAFT_BOOT_CHECK_H
#define UPDRAFT_BOOT_CHECK_H

#include "signature.h"
#include "updraft_image.h"

// Far from each other and from what a fault leaves in a register or in memory.
#define BOOT_VALID 0x96a5c35aU
#define BOOT_SEEN 32 // bytes
#define BOOT_NOT_VALID 0x35c96a0fU

// What one reading of an image gave.
struct boot_image {
    uint32_t valid;     // BOOT_VALID once all of it was checked
    uint32_t not_valid; // its complement
    uint32_t header_size, payload_size, flags;
    uint32_t total_size;
    uint32_t hashed_size;  // of it that is hashed; then 0 where reading did not come so far
    uint32_t counter;      // security counter; 0 when the image has none
    uint32_t stack, entry; // the first two words of its vector table
    uint32_t found;        // TLVs, a bit each
    struct updraft_version version;
    struct updraft_version least; // the version that it can be installed over
    bool board_is_right;          // or it names none
    const struct boot_key *key;   // that it names; NULL: none of ours
    uint8_t digest[32];           // of what was read
    uint8_t seen[32];             // stands for every byte that was read, to tell whether another reading is the same
    uint8_t signature[64];
    struct boot_proof proof;
};

struct boot;

enum boot_form {
    BOOT_AS_STORED, // only digest and signature: a packed image before it is unpacked
    BOOT_AS_IT_RUNS,
};

// Reads the image once, from its first byte to its last, into boot->image. UPDRAFT_OK only if digest, signature, board,
// security counter, sizes and vector table are right; what it depends on is left to boot_depends_on.
enum updraft_status boot_check_image(struct boot *boot, const struct updraft_reader *reader, enum boot_form form);

// May the image that was checked be installed over this version? There is one image on the chip, number 0.
bool boot_may_follow(const struct boot_image *image, const struct updraft_version *running);

// Asks again whether the image that was checked last is signed, without relying on the first answer.
bool boot_is_valid(struct boot *boot);

enum updraft_reason boot_reason(enum updraft_status status);

#endif
