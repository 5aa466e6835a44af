# boot/source.c: the old image is kept where the packed one waits
s/state->stays \? .* : 0;/state->stays * 0U;/
