# core/boot_state.c: behind the last sequence number comes none (T11)
s/sequence - than <= INT32_MAX/sequence > than/
