-- What a tenant demands of rehearsals, as JSON; null = the usual. cuts: flash operations that the power was cut at, null = at all of them; what was
-- reported before the number was known counts as none.
ALTER TABLE tenant ADD COLUMN rehearsal_rule TEXT;
ALTER TABLE rehearsal ADD COLUMN bootloader ${bytes};
ALTER TABLE rehearsal ADD COLUMN cuts BIGINT DEFAULT 0;
ALTER TABLE rehearsal ADD COLUMN signed_by ${bytes};
ALTER TABLE rehearsal ADD COLUMN signature TEXT;
