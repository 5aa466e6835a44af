-- An INTEGER PRIMARY KEY is the row's own number (sqlite.org/lang_createtable.html, "ROWIDs and the INTEGER PRIMARY KEY"); a BIGINT one is
-- an index beside the table, and every last-seen time was written by way of both.
ALTER TABLE device_seen RENAME TO device_seen_by_index;
CREATE TABLE device_seen (
    device INTEGER PRIMARY KEY,
    at     BIGINT NOT NULL
);
INSERT INTO device_seen SELECT device, at FROM device_seen_by_index ORDER BY device;
DROP TABLE device_seen_by_index;
