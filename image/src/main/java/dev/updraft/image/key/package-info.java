/** Keys that sign, verify, encrypt and decrypt images, and the PEM text that carries them. */
@NullMarked
package dev.updraft.image.key;

import org.jspecify.annotations.NullMarked;
