# boot/boot.c: the security counter rises before the confirmation
s/state->counter_new = image.counter;/state->counter_new = state->counter = image.counter;/
