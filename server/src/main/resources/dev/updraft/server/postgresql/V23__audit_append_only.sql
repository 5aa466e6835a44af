-- The audit log is append-only: of a row that is there only its outcome is filled in, once.
CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.status = 0 AND (NEW.key, NEW.tenant, NEW.at, NEW.who, NEW.method, NEW.path)
            = (OLD.key, OLD.tenant, OLD.at, OLD.who, OLD.method, OLD.path) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the audit log is append-only';
END
$$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_append_only();
