"""What the API has answered."""

from django.db import models

from chengzhi.people.models import ApiKey


class Answer(models.Model):
    """What a write with an Idempotency-Key answered, so that the same request answers the same."""

    key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="answers")
    idempotency_key = models.CharField(max_length=64, db_collation="C")
    digest = models.CharField(max_length=64, db_collation="C")
    body = models.JSONField(default=dict)
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "idempotency_key"], name="api_answer_once")]
        indexes = [models.Index(fields=["answered_at"], name="api_answer_old")]
