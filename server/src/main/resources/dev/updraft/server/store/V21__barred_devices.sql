-- Ids that were removed for ever: a device with such an id cannot enrol itself again, whatever key or certificate it holds.
CREATE TABLE barred_device (
    tenant BIGINT NOT NULL REFERENCES tenant,
    id     TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);
