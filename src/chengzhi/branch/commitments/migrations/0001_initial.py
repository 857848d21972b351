"""Promises, their readings, residents' answers; what was registered is kept by a trigger."""

import django.db.models.deletion
from django.db import migrations, models


CONTENT = (
    "district_id, number, body_id, member_id, post, level, title, text, area_id, unit_id, domain, type_id, metric, "
    'direction, target, baseline_first, baseline_last, start, "end", comparison, registered_at, content_hash'
)
OLD = ", ".join(f"OLD.{name.strip()}" for name in CONTENT.split(","))
NEW = ", ".join(f"NEW.{name.strip()}" for name in CONTENT.split(","))
KEEP = f"""
CREATE FUNCTION commitments_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'promise % is registered: it cannot be deleted', OLD.number
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF ({OLD}) IS DISTINCT FROM ({NEW}) THEN
    RAISE EXCEPTION 'promise % is registered: its content cannot change', OLD.number
      USING ERRCODE = 'insufficient_privilege', HINT = 'Explain the old one and make a new promise.';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER commitments_keep BEFORE UPDATE OR DELETE ON commitments_commitment
  FOR EACH ROW WHEN (OLD.registered_at IS NOT NULL) EXECUTE FUNCTION commitments_keep();
"""
DROP = "DROP TRIGGER commitments_keep ON commitments_commitment; DROP FUNCTION commitments_keep();"


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0014_sightings"),
        ("organisation", "0001_initial"),
        ("people", "0004_dated_calendar_days"),
        ("places", "0002_life"),
    ]

    operations = [
        migrations.CreateModel(
            name="Commitment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(db_collation="C", max_length=24)),
                ("post", models.CharField(blank=True, max_length=60)),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("committee", "Committee"),
                            ("branch", "Branch"),
                            ("member", "Member at a post"),
                        ],
                        db_collation="C",
                        max_length=12,
                    ),
                ),
                ("title", models.CharField(max_length=120)),
                ("text", models.TextField()),
                ("domain", models.CharField(blank=True, db_collation="C", max_length=24)),
                ("metric", models.CharField(db_collation="C", max_length=60)),
                (
                    "direction",
                    models.CharField(
                        choices=[("at_least", "at least"), ("at_most", "at most")],
                        db_collation="C",
                        max_length=12,
                    ),
                ),
                ("target", models.FloatField()),
                ("baseline_first", models.DateField()),
                ("baseline_last", models.DateField()),
                ("start", models.DateField()),
                ("end", models.DateField()),
                (
                    "comparison",
                    models.CharField(
                        choices=[
                            ("areas", "the other areas or departments, same days"),
                            ("earlier", "the same days one year before"),
                        ],
                        db_collation="C",
                        max_length=12,
                    ),
                ),
                ("state", models.CharField(db_collation="C", max_length=16)),
                ("version", models.PositiveIntegerField(default=0)),
                ("content_hash", models.CharField(blank=True, db_collation="C", max_length=64)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("kept", "kept"),
                            ("partly", "partly kept"),
                            ("not_kept", "not kept"),
                            ("not_measurable", "not measurable"),
                        ],
                        db_collation="C",
                        max_length=16,
                    ),
                ),
                ("concrete_why", models.TextField(blank=True)),
                ("tied_why", models.TextField(blank=True)),
                ("feasible_why", models.TextField(blank=True)),
                ("reason", models.TextField(blank=True)),
                ("explanation", models.TextField(blank=True)),
                ("judgement", models.TextField(blank=True)),
                ("name_shown", models.BooleanField(default=False)),
                ("proposed_by", models.BigIntegerField(null=True)),
                ("examined_by", models.BigIntegerField(null=True)),
                ("proposed_at", models.DateTimeField()),
                ("registered_at", models.DateTimeField(null=True)),
                ("public_at", models.DateTimeField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                ("updated_at", models.DateTimeField()),
                (
                    "area",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.area",
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="commitments",
                        to="organisation.body",
                    ),
                ),
                (
                    "district",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="places.district"
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="commitments",
                        to="organisation.member",
                    ),
                ),
                (
                    "type",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.casetype",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.unit",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Reading",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("as_of", models.DateTimeField()),
                ("above", models.IntegerField()),
                ("below", models.IntegerField()),
                ("value", models.FloatField(null=True)),
                ("low", models.FloatField(null=True)),
                ("high", models.FloatField(null=True)),
                ("baseline_value", models.FloatField(null=True)),
                ("baseline_n", models.IntegerField(default=0)),
                ("comparison_value", models.FloatField(null=True)),
                ("comparison_n", models.IntegerField(default=0)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("kept", "kept"),
                            ("partly", "partly kept"),
                            ("not_kept", "not kept"),
                            ("not_measurable", "not measurable"),
                        ],
                        db_collation="C",
                        max_length=16,
                    ),
                ),
                ("grade", models.CharField(db_collation="C", max_length=1)),
                ("final", models.BooleanField(default=False)),
                (
                    "commitment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="readings",
                        to="commitments.commitment",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Sighting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "answer",
                    models.CharField(
                        choices=[("yes", "Yes, I see it"), ("no", "No, I do not"), ("not_sure", "Not sure")],
                        db_collation="C",
                        max_length=12,
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=200)),
                (
                    "words_state",
                    models.CharField(
                        choices=[
                            ("none", "none"),
                            ("waiting", "waiting"),
                            ("shown", "shown"),
                            ("hidden", "hidden"),
                        ],
                        db_collation="C",
                        max_length=12,
                    ),
                ),
                ("said_on", models.DateField()),
                (
                    "commitment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sightings",
                        to="commitments.commitment",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="commitment",
            index=models.Index(fields=["district", "state", "id"], name="commitment_by_state"),
        ),
        migrations.AddIndex(
            model_name="commitment",
            index=models.Index(fields=["body", "id"], name="commitment_by_body"),
        ),
        migrations.AddConstraint(
            model_name="commitment",
            constraint=models.UniqueConstraint(fields=("district", "number"), name="commitment_number_once"),
        ),
        migrations.AddConstraint(
            model_name="commitment",
            constraint=models.CheckConstraint(
                condition=models.Q(("end__gte", models.F("start"))), name="commitment_days"
            ),
        ),
        migrations.AddConstraint(
            model_name="commitment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("baseline_last__gte", models.F("baseline_first")),
                    ("baseline_last__lt", models.F("start")),
                ),
                name="commitment_baseline_before",
            ),
        ),
        migrations.AddConstraint(
            model_name="commitment",
            constraint=models.CheckConstraint(
                condition=models.Q(("target__gte", 0), ("target__lte", 1)), name="commitment_target_share"
            ),
        ),
        migrations.AddConstraint(
            model_name="reading",
            constraint=models.UniqueConstraint(fields=("commitment", "day"), name="reading_once_a_day"),
        ),
        migrations.AddIndex(
            model_name="sighting",
            index=models.Index(fields=["commitment", "words_state"], name="sighting_by_words"),
        ),
        migrations.RunSQL(KEEP, DROP),
    ]
