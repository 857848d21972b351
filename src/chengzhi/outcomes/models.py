"""What a district has decided about its evaluation: each decision dated, none overwritten."""

from django.db import models

from chengzhi.places.models import District


class EvaluationSetting(models.Model):
    """One decision: from a day on, `key` is `value`. The latest first day wins, then the latest row.

    A null value goes back to what the rules say.
    """

    district = models.ForeignKey(District, on_delete=models.CASCADE, related_name="evaluation_settings")
    key = models.CharField(max_length=40, db_collation="C")
    value = models.JSONField(null=True)
    valid_from = models.DateField()
    reason = models.CharField(max_length=200, blank=True)
    changed_by = models.BigIntegerField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["district", "key", "-valid_from", "-id"], name="evaluation_in_force")]
