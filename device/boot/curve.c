// p256-m's verification, but for its last step: what it ends with is handed out and compared by the caller, twice. In
// p256-m itself one forced result of one function would do for a signature (docs/design/glitches.md).
#include "signature.h"

#include <p256-m.c>

void boot_curve(uint8_t r_found[32], const uint8_t signature[64], const uint8_t point[64], const uint8_t digest[32]) {
    uint32_t r[8], s[8], e[8], u1[8], u2[8], px[8], py[8];
    // Whatever ends this early leaves something behind that no signature's r is equal to: its own complement.
    for (int i = 0; i < 32; i++)
        r_found[i] = (uint8_t)~signature[i];
    if (scalar_from_bytes(r, signature) != 0 || scalar_from_bytes(s, signature + 32) != 0 ||
        point_from_bytes(px, py, point) != 0)
        return;
    ecdsa_m256_from_hash(e, digest, 32);
    m256_prep(s, &p256_n);
    m256_inv(s, s, &p256_n);
    m256_mul(u1, e, s, &p256_n); // e / s
    m256_done(u1, &p256_n);
    m256_prep(r, &p256_n);
    m256_mul(u2, r, s, &p256_n); // r / s
    m256_done(u2, &p256_n);
    scalar_mult(e, s, px, py, u2);
    if (u256_diff0(u1) == 0) { // out of range for scalar_mult, and adds nothing
        u256_cmov(u1, e, 1);
    } else {
        scalar_mult(px, py, p256_gx, p256_gy, u1);
        point_add_or_double_leaky(u1, u2, px, py, e, s);
    }
    m256_done(u1, &p256_p);
    ecdsa_m256_mod_n(u1);
    u256_to_bytes(r_found, u1);
}
