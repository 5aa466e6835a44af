-- Who is in which stage of a rollout whose devices were chosen when it was made, as hawkBit's groups are.
CREATE TABLE rollout_member (
    rollout BIGINT NOT NULL,
    device  BIGINT NOT NULL,
    stage   BIGINT NOT NULL,
    PRIMARY KEY (rollout, device)
);
CREATE INDEX rollout_member_by_device ON rollout_member (device);
