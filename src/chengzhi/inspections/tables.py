"""What a district settles for its checks: instruments, limits, caps, the terms of its contracts."""

from django.db import models

from chengzhi.places.models import Area, District
from chengzhi.registers.models import Permit


class Instrument(models.Model):
    """A balance, gas meter …; its readings count only within its calibration."""

    district = models.ForeignKey(District, on_delete=models.CASCADE)
    kind = models.CharField(max_length=24, db_collation="C")
    name = models.CharField(max_length=80)
    serial = models.CharField(max_length=60, db_collation="C")
    calibrated_on = models.DateField(null=True)
    calibrated_until = models.DateField(null=True)
    certificate = models.CharField(max_length=80, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["district", "kind", "serial"], name="instrument_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.serial}"


class CheckLimit(models.Model):
    """What a measured value must keep to, from a day on: for the district, an area, a road kind, a grade.

    The most particular row counts: area before area class, road kind and grade before none.
    """

    district = models.ForeignKey(District, on_delete=models.CASCADE)
    measurement = models.CharField(max_length=40, db_collation="C")
    area = models.ForeignKey(Area, null=True, on_delete=models.CASCADE, related_name="+")
    area_class = models.SmallIntegerField(null=True)
    road_kind = models.CharField(max_length=8, blank=True)
    grade = models.CharField(max_length=8, blank=True)  # of the object: toilet class, cleaning grade
    value = models.DecimalField(max_digits=12, decimal_places=4)
    unit = models.CharField(max_length=24)
    source = models.CharField(max_length=120, blank=True)
    status = models.CharField(max_length=12, default="unverified")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    changed_by = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["district", "measurement"], name="check_limit_by_measure")]


class VisitCap(models.Model):
    """How many visits a year a business of a kind may get at most, from a day on (law.md 4.5)."""

    district = models.ForeignKey(District, on_delete=models.CASCADE)
    kind = models.CharField(max_length=24, db_collation="C")
    per_year = models.SmallIntegerField()
    source = models.CharField(max_length=120, blank=True)
    status = models.CharField(max_length=12, default="unverified")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    changed_by = models.BigIntegerField(null=True)


class ContractTerm(models.Model):
    """What a cleaning contract says of a failed reading, from a day on: the amount and the days to appeal.

    The permit is the contract. `clause` is where the contract says so.
    """

    permit = models.ForeignKey(Permit, on_delete=models.PROTECT, related_name="terms")
    measurement = models.CharField(max_length=40, db_collation="C")
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    unit = models.CharField(max_length=24, default="yuan_per_failed_reading")
    appeal_days = models.SmallIntegerField()  # calendar days
    clause = models.CharField(max_length=120)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    changed_by = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["permit", "measurement"], name="contract_term_by_permit")]
