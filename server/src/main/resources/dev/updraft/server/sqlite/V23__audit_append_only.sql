-- The audit log is append-only: of a row that is there only its outcome is filled in, once.
CREATE TRIGGER audit_keeps_rows BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER audit_keeps_content BEFORE UPDATE ON audit
WHEN OLD.status <> 0 OR NEW.key <> OLD.key OR NEW.tenant <> OLD.tenant OR NEW.at <> OLD.at OR NEW.who <> OLD.who
    OR NEW.method <> OLD.method OR NEW.path <> OLD.path
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;
