-- What the application did in a rehearsal: WORKED, FAILED, NOT_RUN, NOT_ASKED; null = the report does not say.
ALTER TABLE rehearsal ADD COLUMN application TEXT;
