# boot/boot.c: starts on trial are not counted
s/state->attempts\+\+;/;/
