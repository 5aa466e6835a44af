-- What came of installing a release's image over another on emulated boards; report is what 'updraft rehearse --json' wrote.
CREATE TABLE rehearsal (
    key        ${key},
    release    BIGINT NOT NULL REFERENCES release,
    board      TEXT NOT NULL,
    old_digest ${bytes} NOT NULL,
    digest     ${bytes} NOT NULL,
    passed     SMALLINT NOT NULL,
    failed     BIGINT NOT NULL,
    cut_points BIGINT NOT NULL,
    sequences  BIGINT NOT NULL,
    creator    TEXT NOT NULL,
    created    BIGINT NOT NULL,
    report     TEXT NOT NULL
);
CREATE INDEX rehearsal_by_release ON rehearsal (release, key);
