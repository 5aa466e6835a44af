# boot/verify.c: images for any board are taken
s/return memcmp\(name, board, image->board.length\) == 0/return 1/
