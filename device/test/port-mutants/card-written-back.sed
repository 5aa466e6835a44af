# boot/card.c: what is read from the card is written back to it
s/return sd_card_read\(context, block, data\) == SD_CARD_OK;/return sd_card_read(context, block, data) == SD_CARD_OK \&\& sd_card_write(context, block, data) == SD_CARD_OK;/
