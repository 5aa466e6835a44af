# boot/card.c: what is read from the card is written back to it
s/return updraft_sd_card_read\(context, block, data\) == UPDRAFT_SD_CARD_OK;/return updraft_sd_card_read(context, block, data) == UPDRAFT_SD_CARD_OK \&\& updraft_sd_card_write(context, block, data) == UPDRAFT_SD_CARD_OK;/
