"""The box of a round: made, filled by one statement, emptied and dropped; no row has a time or a number."""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION appraisal_make_box(round_id bigint, tokens bytea[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  EXECUTE format('CREATE TABLE appraisal_box_%s (token bytea PRIMARY KEY, ballot bytea)', round_id);
  EXECUTE format('INSERT INTO appraisal_box_%s (token) SELECT t FROM unnest($1) t ORDER BY t', round_id)
    USING tokens;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'chengzhi_app') THEN
    EXECUTE format('REVOKE ALL ON appraisal_box_%s FROM chengzhi_app', round_id);
  END IF;
END $$;

-- What a token may do: cast, already, unknown, closed. With no ballot it only looks.
CREATE FUNCTION appraisal_cast(round_code text, wanted bytea, sealed bytea) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  number bigint; stage text; filled boolean;
BEGIN
  SELECT id, state INTO number, stage FROM appraisal_round WHERE code = round_code;
  IF number IS NULL THEN RETURN 'unknown'; END IF;
  IF stage <> 'voting' THEN RETURN 'closed'; END IF;
  IF sealed IS NOT NULL THEN
    EXECUTE format('UPDATE appraisal_box_%s SET ballot = $1 WHERE token = $2 AND ballot IS NULL RETURNING true',
      number) INTO filled USING sealed, wanted;
    IF filled THEN RETURN 'cast'; END IF;
  END IF;
  EXECUTE format('SELECT ballot IS NOT NULL FROM appraisal_box_%s WHERE token = $1', number)
    INTO filled USING wanted;
  RETURN CASE WHEN filled IS NULL THEN 'unknown' WHEN filled THEN 'already' ELSE 'free' END;
EXCEPTION WHEN undefined_table THEN
  RETURN 'closed';
END $$;

-- All ballots, in the order of their random bytes; nobody can cast from here to the end of the transaction.
CREATE FUNCTION appraisal_take(round_id bigint) RETURNS SETOF bytea
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  IF to_regclass(format('appraisal_box_%s', round_id)) IS NULL THEN RETURN; END IF;
  EXECUTE format('LOCK TABLE appraisal_box_%s IN ACCESS EXCLUSIVE MODE', round_id);
  RETURN QUERY EXECUTE format(
    'SELECT ballot FROM appraisal_box_%s WHERE ballot IS NOT NULL ORDER BY ballot', round_id);
END $$;

CREATE FUNCTION appraisal_has_box(round_id bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT to_regclass(format('appraisal_box_%s', round_id)) IS NOT NULL $$;

-- The marks, one row each, in the shuffled order given; the box goes with its files.
CREATE FUNCTION appraisal_put_marks(round_id bigint, ratees bigint[], grades text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  EXECUTE format('DROP TABLE appraisal_box_%s', round_id);
  EXECUTE format('CREATE TABLE appraisal_marks_%s (ratee bigint NOT NULL, grade text NOT NULL)', round_id);
  EXECUTE format('INSERT INTO appraisal_marks_%s SELECT r, g FROM unnest($1, $2) WITH ORDINALITY u(r, g, n)
    ORDER BY n', round_id) USING ratees, grades;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'chengzhi_app') THEN
    EXECUTE format('REVOKE ALL ON appraisal_marks_%s FROM chengzhi_app', round_id);
  END IF;
END $$;

CREATE FUNCTION appraisal_destroy(round_id bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  EXECUTE format('DROP TABLE IF EXISTS appraisal_box_%s, appraisal_marks_%s', round_id, round_id);
END $$;
"""
BACK = "DROP FUNCTION appraisal_make_box, appraisal_cast, appraisal_take, appraisal_has_box, appraisal_put_marks, appraisal_destroy;"

NAMES = BACK.removeprefix("DROP FUNCTION ").removesuffix(";")
# Whoever reads the database for another reason (the sealer, a backup account) may call none of them.
CALLERS = f"""
REVOKE EXECUTE ON FUNCTION {NAMES} FROM PUBLIC;
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'chengzhi_app') THEN
    GRANT EXECUTE ON FUNCTION {NAMES} TO chengzhi_app;
  END IF;
END $$;
"""


class Migration(migrations.Migration):
    """SQL functions, of the owner's rights like those of the ledger."""

    dependencies = [("appraisal", "0001_initial")]
    operations = [migrations.RunSQL(FUNCTIONS, BACK), migrations.RunSQL(CALLERS, migrations.RunSQL.noop)]
