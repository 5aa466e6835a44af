-- Room in each page, so that a new last-seen time stays on its page and the index need not be told (PostgreSQL manual, 73.7, heap-only tuples).
ALTER TABLE device_seen SET (fillfactor = 60);
