"""A frozen evidence sheet keeps its figures, its period and its moment."""

from django.db import migrations

KEEP = """
CREATE FUNCTION appraisal_evidence_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'an evidence sheet is frozen: its figures cannot change'
    USING ERRCODE = 'insufficient_privilege', HINT = 'Make a new set of sheets.';
END $$;
CREATE TRIGGER appraisal_evidence_keep BEFORE UPDATE ON appraisal_evidencesheet FOR EACH ROW
  WHEN (OLD.figures IS DISTINCT FROM NEW.figures OR OLD.digest IS DISTINCT FROM NEW.digest
        OR OLD.member_id IS DISTINCT FROM NEW.member_id OR OLD.set_id IS DISTINCT FROM NEW.set_id)
  EXECUTE FUNCTION appraisal_evidence_keep();
CREATE TRIGGER appraisal_evidence_set_keep BEFORE UPDATE ON appraisal_evidenceset FOR EACH ROW
  WHEN ((OLD.first, OLD.last, OLD.as_of, OLD.body_id, OLD.round_id, OLD.named_round_id)
        IS DISTINCT FROM (NEW.first, NEW.last, NEW.as_of, NEW.body_id, NEW.round_id, NEW.named_round_id))
  EXECUTE FUNCTION appraisal_evidence_keep();
"""
DROP = """
DROP TRIGGER appraisal_evidence_set_keep ON appraisal_evidenceset;
DROP TRIGGER appraisal_evidence_keep ON appraisal_evidencesheet;
DROP FUNCTION appraisal_evidence_keep();
"""


class Migration(migrations.Migration):
    dependencies = [("appraisal", "0003_named_rounds")]

    operations = [migrations.RunSQL(KEEP, DROP)]
