/** The client's side of SMP, the protocol of mcumgr tools. */
@NullMarked
package dev.updraft.gateway.smp;

import org.jspecify.annotations.NullMarked;
