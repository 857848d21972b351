"""Stored files: the content lies on disk or S3 under its hash; the row says what it is.

``district_id`` is a plain number: this area lies below ``places``.
"""

from django.db import models


class StoredFile(models.Model):
    """One stored content."""

    district_id = models.SmallIntegerField(null=True)
    sha256 = models.CharField(max_length=64, db_collation="C")
    path = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    width = models.IntegerField(null=True)
    height = models.IntegerField(null=True)
    original_name = models.CharField(max_length=200, blank=True)
    uploaded_by = models.BigIntegerField(null=True)
    uploaded_at = models.DateTimeField()
    delete_after = models.DateField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["sha256"], name="file_by_hash"),
            models.Index(
                fields=["delete_after"],
                name="file_due_for_deletion",
                condition=models.Q(delete_after__isnull=False),
            ),
        ]
