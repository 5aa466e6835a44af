# core/boot_state.c: a group that takes no record leads back to the one with the newest (T7)
s/if \(group != log->group\)$/if (0)/
