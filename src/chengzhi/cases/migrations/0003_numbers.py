"""Case numbers: one sequence a district, made at its first case. Gaps are allowed, counters are not."""

from django.db import migrations

NUMBERS = """
CREATE FUNCTION case_number_next(district integer, how_many integer DEFAULT 1) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  sequence_name text := 'case_number_' || district;
  first bigint;
BEGIN
  IF to_regclass(sequence_name) IS NULL THEN
    PERFORM pg_advisory_xact_lock(hashtext(sequence_name));
    EXECUTE format('CREATE SEQUENCE IF NOT EXISTS %I', sequence_name);
  END IF;
  IF how_many = 1 THEN
    RETURN nextval(sequence_name::regclass);
  END IF;
  -- a block for an import: concurrent blocks must not overlap
  PERFORM pg_advisory_xact_lock(hashtext(sequence_name));
  first := nextval(sequence_name::regclass);
  PERFORM setval(sequence_name::regclass, first + how_many - 1);
  RETURN first;
END $$;
"""

GRANTS = """
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'chengzhi_app') THEN
    GRANT EXECUTE ON FUNCTION case_number_next(integer, integer) TO chengzhi_app;
  END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_life")]
    operations = [
        migrations.RunSQL(NUMBERS, "DROP FUNCTION case_number_next(integer, integer)"),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
