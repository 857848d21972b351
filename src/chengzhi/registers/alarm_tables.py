"""Alarms (预警) that were raised, and who was called because of them. Re-exported by `models`."""

from django.db import models
from django.db.models import Q

from chengzhi.places.models import District


class RaisedAlarm(models.Model):
    """A storm, a bad-air day …: from when, until when, how strong, on whose word."""

    district = models.ForeignKey(District, on_delete=models.PROTECT)
    domain = models.CharField(max_length=24, db_collation="C")
    alarm = models.CharField(max_length=24, db_collation="C")
    level = models.CharField(max_length=12, db_collation="C")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    source = models.CharField(max_length=200)
    note = models.CharField(max_length=500, blank=True)
    # how many objects it concerned, and of how many the check was brought forward
    objects_concerned = models.IntegerField(default=0)
    checks_moved = models.IntegerField(default=0)
    raised_by = models.BigIntegerField(null=True)
    raised_at = models.DateTimeField()
    ended_by = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["district", "-starts_at", "-id"], name="alarm_newest"),
            models.Index(  # what is on now: domain page, banner of the calendars
                fields=["district", "ends_at"], name="alarm_on", condition=Q(ended_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.alarm} {self.level}"


class AlarmCall(models.Model):
    """That somebody called the party of an object because of an alarm, and whether it was reached."""

    alarm = models.ForeignKey(RaisedAlarm, on_delete=models.PROTECT, related_name="calls")
    object = models.ForeignKey("registers.RegisteredObject", on_delete=models.PROTECT, related_name="+")
    reached = models.BooleanField()
    note = models.CharField(max_length=200, blank=True)
    called_by = models.BigIntegerField(null=True)
    called_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alarm", "object"], name="alarm_call_once")]
