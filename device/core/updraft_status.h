// What every function of core, boot and port answers.
#ifndef UPDRAFT_STATUS_H
#define UPDRAFT_STATUS_H

enum updraft_status {
    UPDRAFT_OK = 0,
    UPDRAFT_ERROR_READ = -1,      // the flash reported an uncorrectable error (ECC), or the medium did
    UPDRAFT_ERROR_PROGRAM = -2,   // refused, or other bytes were read back
    UPDRAFT_ERROR_ERASE = -3,     // refused
    UPDRAFT_ERROR_RANGE = -4,     // outside the area, or not aligned to its units
    UPDRAFT_ERROR_FORMAT = -5,    // the bytes are not what they must be
    UPDRAFT_ERROR_DIGEST = -6,    // SHA-256 differs
    UPDRAFT_ERROR_SIGNATURE = -7, // no key of ours made the signature
    UPDRAFT_ERROR_BOARD = -8,     // for another board
    UPDRAFT_ERROR_COUNTER = -9,   // security counter lower than the device's
    UPDRAFT_ERROR_DEPENDENCY = -10,
    UPDRAFT_ERROR_TOO_LARGE = -11,
    UPDRAFT_ERROR_KEY = -12,    // encrypted, and we have no key that opens it
    UPDRAFT_ERROR_ABSENT = -13, // no such record, file, card
    UPDRAFT_ERROR_TIMEOUT = -14,
};

#endif
