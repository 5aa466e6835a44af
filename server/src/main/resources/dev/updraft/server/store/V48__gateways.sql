-- The only gateway that may act for a device (null: any), and which one carried a report (null: the device itself).
ALTER TABLE device ADD COLUMN gateway TEXT;
ALTER TABLE report ADD COLUMN gateway TEXT;
