/** Encrypted payloads: AES-CTR, with the image's own key sealed to the device's (ECIES), as MCUboot does it. */
@NullMarked
package dev.updraft.image.encryption;

import org.jspecify.annotations.NullMarked;
