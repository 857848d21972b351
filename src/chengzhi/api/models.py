"""Keys with which other programs call the API."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from chengzhi.people.models import Account
from chengzhi.places.models import District


class ApiKey(models.Model):
    """One key of one district: acts in one role, within its scopes, until it ends.

    The key itself is shown once; the row holds its SHA-256 (the key is 256 random bits,
    so a slow password hash would protect nothing and cost every request).
    """

    district = models.ForeignKey(District, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=60)
    role = models.CharField(max_length=24)
    scopes = ArrayField(models.CharField(max_length=24))
    start = models.CharField(max_length=12, db_collation="C")
    digest = models.BinaryField()
    created_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT)
    created_at = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["digest"], name="api_key_once")]
        indexes = [
            models.Index(fields=["district"], name="api_key_in_force", condition=Q(revoked_at__isnull=True))
        ]

    def __str__(self) -> str:
        return self.name


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
