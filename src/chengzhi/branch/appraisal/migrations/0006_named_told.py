"""The day a result was told stands with the round."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("appraisal", "0005_round_times")]

    operations = [migrations.RemoveField(model_name="namedperson", name="told_on")]
