# boot/source.c: the old image is kept where the packed one waits
s/state->keep_source \? .* : 0;/state->keep_source * 0U;/
