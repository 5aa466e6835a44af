// Throw-away keys for tests: anybody can sign for a bootloader that was built with them.
// The private half of the signing key is sign-p256.pem beside this file.
#define UPDRAFT_PUBLIC_KEY_COUNT 1
// X || Y of each key.
#define UPDRAFT_PUBLIC_KEYS                                                                                            \
    {                                                                                                                  \
        {                                                                                                              \
            0x0b, 0xc2, 0x0e, 0x49, 0xb2, 0xf9, 0x16, 0xed, 0x04, 0xc5, 0x0f, 0x19, 0x88, 0x96, 0x0d, 0x02, 0x4d,      \
                0x15, 0x0c, 0x5d, 0x5a, 0x91, 0x9c, 0x2e, 0x76, 0x16, 0xdc, 0xbe, 0xb0, 0x21, 0x5e, 0xbb, 0xd2, 0x32,  \
                0xd1, 0x61, 0xc9, 0x6e, 0xd2, 0x8e, 0x2b, 0x88, 0x01, 0xe4, 0xd4, 0x97, 0x7f, 0xa4, 0xce, 0x67, 0xe5,  \
                0x1a, 0x24, 0xb5, 0xe9, 0x80, 0x49, 0x31, 0x1f, 0x82, 0x9c, 0x1c, 0x00, 0x46                           \
        }                                                                                                              \
    }
// SHA-256 of each key's DER SubjectPublicKeyInfo.
#define UPDRAFT_PUBLIC_KEY_HASHES                                                                                      \
    {                                                                                                                  \
        {                                                                                                              \
            0x9f, 0x13, 0xed, 0x70, 0xa1, 0xf4, 0x5e, 0x3d, 0x13, 0xc4, 0xb2, 0x51, 0x2f, 0xc4, 0x47, 0x1f, 0x5e,      \
                0xcf, 0xba, 0x78, 0x0b, 0xe9, 0x2c, 0x29, 0x5c, 0x7f, 0x52, 0xc7, 0xd8, 0x83, 0x53, 0xc9               \
        }                                                                                                              \
    }
// Optional: a key signs only images whose security counter is below its limit; 0 is no limit.
#define UPDRAFT_PUBLIC_KEY_LIMITS                                                                                      \
    { 0 }
