/** Lets a program under test talk to its host through BKPT 0xAB (Arm semihosting specification 2.0). */
@NullMarked
package dev.updraft.emulator.semihosting;

import org.jspecify.annotations.NullMarked;
