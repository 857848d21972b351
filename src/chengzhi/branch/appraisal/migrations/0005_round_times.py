"""When a round is to open, and after when no ballot is taken."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Two times of the plan; rounds planned before have none."""

    dependencies = [("appraisal", "0004_evidence_frozen")]

    operations = [
        migrations.AddField("round", "opens_at", models.DateTimeField(null=True)),
        migrations.AddField("round", "closes_at", models.DateTimeField(null=True)),
        migrations.AddConstraint(
            "round",
            models.CheckConstraint(
                condition=models.Q(("closes_at__gt", models.F("opens_at"))), name="appraisal_opens_first"
            ),
        ),
    ]
