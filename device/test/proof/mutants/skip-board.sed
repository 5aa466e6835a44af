# boot/check.c: images for any board are taken
s/!image->board_is_right/0/
