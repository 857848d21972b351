"""Background work as people see it, and who is alive to do it."""

from django.db import models


class JobRun(models.Model):
    """One piece of background work: an import, an export, a bulk action.

    `key` makes asking idempotent: the same key is never run twice. `arguments` and `result`
    are JSON; what a resumable job has finished so far stands in `result`.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    id = models.BigAutoField(primary_key=True)
    kind = models.TextField(db_collation="C")
    key = models.TextField(db_collation="C", null=True, unique=True)
    title = models.TextField()
    district_id = models.SmallIntegerField(null=True)
    # A number, not a foreign key: accounts lie above this area.
    started_by = models.BigIntegerField(null=True)
    arguments = models.JSONField(default=dict)
    total = models.BigIntegerField(null=True)
    done = models.BigIntegerField(default=0)
    state = models.TextField(db_collation="C", choices=State, default=State.QUEUED)
    message = models.TextField(default="")
    result = models.JSONField(default=dict)
    file = models.TextField(null=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["district_id", "-id"], name="jobrun_district"),
            models.Index(
                fields=["kind", "-id"],
                condition=models.Q(state__in=["queued", "running"]),
                name="jobrun_open",
            ),
        ]

    @property
    def share(self) -> float | None:
        """Finished part from 0 to 1; None while the total is unknown."""
        if not self.total:
            return None
        return min(self.done / self.total, 1.0)


class Heartbeat(models.Model):
    """The last sign of life of a part of the installation (`worker`)."""

    part = models.TextField(primary_key=True, db_collation="C")
    pid = models.BigIntegerField()
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
