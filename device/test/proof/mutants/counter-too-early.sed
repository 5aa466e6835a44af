# boot/boot.c: the security counter rises before the confirmation
s/state->counter_new = boot->image.counter;/state->counter_new = state->counter = boot->image.counter;/
