-- Patches that were made and applied to see that they are right: from the image with the digest `base` to the artifact `target`, for
-- decoders with so many KB of RAM. What is lost here is made again.
CREATE TABLE patch (
    base TEXT NOT NULL,
    target TEXT NOT NULL,
    kilobytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    size BIGINT NOT NULL,
    PRIMARY KEY (base, target, kilobytes)
);
CREATE INDEX patch_by_sha256 ON patch (sha256);
