"""The record, its erasable part and its seals; owner, application and sealer kept apart."""

from django.db import migrations, models

TABLES = """
CREATE TABLE ledger_entry (
  id bigint GENERATED ALWAYS AS IDENTITY,
  era smallint NOT NULL
    DEFAULT coalesce(nullif(current_setting('chengzhi.ledger_era', true), ''), '1')::smallint,
  xid bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  district_id smallint,
  thing text COLLATE "C" NOT NULL,
  thing_id bigint NOT NULL,
  step text COLLATE "C" NOT NULL,
  before text COLLATE "C",
  after text COLLATE "C",
  actor_id bigint,
  actor_role text COLLATE "C" NOT NULL DEFAULT '',
  happened_at timestamptz NOT NULL,
  rule text NOT NULL DEFAULT '',
  article text NOT NULL DEFAULT '',
  facts jsonb NOT NULL DEFAULT '{}'
) PARTITION BY RANGE (recorded_at);
CREATE INDEX ledger_entry_thing ON ledger_entry (thing, thing_id, id); -- history of a thing
CREATE INDEX ledger_entry_tail ON ledger_entry USING brin (xid);       -- what is to be sealed

CREATE TABLE ledger_personal (
  hmac bytea PRIMARY KEY, salt bytea NOT NULL, value bytea NOT NULL, erase_after date
);
CREATE INDEX ledger_personal_due ON ledger_personal (erase_after);

CREATE TABLE ledger_seal (
  id bigint PRIMARY KEY,
  era smallint NOT NULL,
  low bigint NOT NULL,
  high bigint NOT NULL,
  entries integer NOT NULL,
  root bytea NOT NULL,
  leaves bytea NOT NULL,
  previous bytea NOT NULL,
  digest bytea NOT NULL UNIQUE,
  key_id text NOT NULL,
  signature bytea NOT NULL,
  made_at timestamptz NOT NULL
);

CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the record is append-only: % of % refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege', HINT = 'Write a new entry that corrects the old one.';
END $$;
CREATE TRIGGER ledger_entry_keep BEFORE UPDATE OR DELETE ON ledger_entry
  FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_entry_whole BEFORE TRUNCATE ON ledger_entry
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_seal_keep BEFORE UPDATE OR DELETE ON ledger_seal
  FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_seal_whole BEFORE TRUNCATE ON ledger_seal
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();

-- Makes the month's partition and those of the next months; the application may call it.
CREATE FUNCTION ledger_make_room(first date, months integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  starts date; part text; made integer := 0;
BEGIN
  FOR i IN 0 .. months - 1 LOOP
    starts := date_trunc('month', first)::date + make_interval(months => i);
    part := 'ledger_entry_' || to_char(starts, 'YYYYMM');
    CONTINUE WHEN to_regclass(part) IS NOT NULL;
    EXECUTE format('CREATE TABLE %I PARTITION OF ledger_entry FOR VALUES FROM (%L) TO (%L)',
      part, to_char(starts, 'YYYY-MM-DD') || ' 00:00:00+00',
      to_char(starts + interval '1 month', 'YYYY-MM-DD') || ' 00:00:00+00');
    EXECUTE format('CREATE TRIGGER ledger_entry_whole BEFORE TRUNCATE ON %I
      FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()', part);
    made := made + 1;
  END LOOP;
  RETURN made;
END $$;
SELECT ledger_make_room((now() AT TIME ZONE 'UTC')::date, 24);
"""

# Roles exist on our own cluster; on a foreign server with one role the triggers alone protect.
GRANTS = """
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'chengzhi_app') THEN
    GRANT SELECT, INSERT ON ledger_entry TO chengzhi_app;
    REVOKE UPDATE, DELETE, TRUNCATE ON ledger_entry FROM chengzhi_app;
    GRANT SELECT, INSERT, DELETE ON ledger_personal TO chengzhi_app;
    REVOKE UPDATE, TRUNCATE ON ledger_personal FROM chengzhi_app;
    GRANT SELECT ON ledger_seal TO chengzhi_app;
    REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON ledger_seal FROM chengzhi_app;
    GRANT EXECUTE ON FUNCTION ledger_make_room(date, integer) TO chengzhi_app;
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'chengzhi_sealer') THEN
    GRANT SELECT ON ledger_entry TO chengzhi_sealer;
    GRANT SELECT, INSERT ON ledger_seal TO chengzhi_sealer;
  END IF;
END $$;
"""

UNDO = """
DROP FUNCTION ledger_make_room(date, integer);
DROP TABLE ledger_entry, ledger_personal, ledger_seal;
DROP FUNCTION ledger_refuse();
"""


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []

    operations = [
        migrations.RunSQL(TABLES, UNDO),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("era", models.SmallIntegerField()),
                ("xid", models.BigIntegerField()),
                ("recorded_at", models.DateTimeField()),
                ("district_id", models.SmallIntegerField(null=True)),
                ("thing", models.TextField()),
                ("thing_id", models.BigIntegerField()),
                ("step", models.TextField()),
                ("before", models.TextField(null=True)),
                ("after", models.TextField(null=True)),
                ("actor_id", models.BigIntegerField(null=True)),
                ("actor_role", models.TextField()),
                ("happened_at", models.DateTimeField()),
                ("rule", models.TextField()),
                ("article", models.TextField()),
                ("facts", models.JSONField()),
            ],
            options={"db_table": "ledger_entry", "ordering": ["id"], "managed": False},
        ),
        migrations.CreateModel(
            name="Personal",
            fields=[
                ("hmac", models.BinaryField(primary_key=True, serialize=False)),
                ("salt", models.BinaryField()),
                ("value", models.BinaryField()),
                ("erase_after", models.DateField(null=True)),
            ],
            options={"db_table": "ledger_personal", "managed": False},
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("era", models.SmallIntegerField()),
                ("low", models.BigIntegerField()),
                ("high", models.BigIntegerField()),
                ("entries", models.IntegerField()),
                ("root", models.BinaryField()),
                ("leaves", models.BinaryField()),
                ("previous", models.BinaryField()),
                ("digest", models.BinaryField()),
                ("key_id", models.TextField()),
                ("signature", models.BinaryField()),
                ("made_at", models.DateTimeField()),
            ],
            options={"db_table": "ledger_seal", "ordering": ["id"], "managed": False},
        ),
    ]
