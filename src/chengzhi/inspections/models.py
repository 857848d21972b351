"""Rounds drawn at random, visits, findings and readings; instruments, limits and caps.

No place of an inspector is kept: a visit has the place of its point, nothing else.
A round's state is written by `chengzhi.inspections.actions` alone.
"""

from django.db import models
from django.db.models import Q

from chengzhi.cases.models import Case
from chengzhi.files.models import StoredFile
from chengzhi.people.models import Account, Unit
from chengzhi.places.models import Area, Cell, District, Street
from chengzhi.registers.models import Party, RegisteredObject


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


class Round(models.Model):
    """A sample of places to look at: stated frame, strata, seed; drawn once, reproducible."""

    district = models.ForeignKey(District, on_delete=models.PROTECT)
    domain = models.CharField(max_length=24, db_collation="C")
    checklist = models.CharField(max_length=24, db_collation="C")
    name = models.CharField(max_length=120)
    # frame: {"of": "objects"|"cells"|"streets", "kind": …, "areas": […]}; strata: names of columns
    frame = models.JSONField()
    strata = models.JSONField(default=list)
    size = models.IntegerField()
    recheck_share = models.DecimalField(max_digits=4, decimal_places=3, default=0)
    seed = models.CharField(max_length=64, blank=True, db_collation="C")
    frame_hash = models.CharField(max_length=64, blank=True, db_collation="C")
    frame_size = models.IntegerField(null=True)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT)
    starts_on = models.DateField()
    ends_on = models.DateField()
    purpose = models.TextField(blank=True)
    state = models.CharField(max_length=12, default="planned", db_collation="C")
    approved_by = models.BigIntegerField(null=True)
    approved_at = models.DateTimeField(null=True)
    drawn_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    created_by = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    version = models.IntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["district", "-starts_on", "-id"], name="round_newest")]

    def __str__(self) -> str:
        return self.name


class Stratum(models.Model):
    """A part of the frame: how many places it has and how many were drawn."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="drawn_strata")
    key = models.JSONField()
    size = models.IntegerField()
    drawn = models.IntegerField()


class RoundPoint(models.Model):
    """A drawn place. Who looks at it learns it only when it is revealed."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="points")
    stratum = models.ForeignKey(Stratum, on_delete=models.CASCADE, related_name="points")
    position = models.IntegerField()
    object = models.ForeignKey(RegisteredObject, null=True, on_delete=models.PROTECT)
    cell = models.ForeignKey(Cell, null=True, on_delete=models.PROTECT)
    street = models.ForeignKey(Street, null=True, on_delete=models.PROTECT)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    weight = models.FloatField()  # places of the stratum per drawn place
    recheck = models.BooleanField(default=False)  # drawn to be looked at a second time by another person
    account = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    revealed_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    skipped_at = models.DateTimeField(null=True)
    skip_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["round", "position"], name="round_point_order"),
            models.Index(
                fields=["account", "revealed_at"],
                name="round_point_mine",
                condition=Q(done_at__isnull=True, skipped_at__isnull=True, account__isnull=False),
            ),
        ]


class Approval(models.Model):
    """检查审批 and 检查通知书: a visit to a business is approved and announced before it takes place."""

    district = models.ForeignKey(District, on_delete=models.PROTECT)
    object = models.ForeignKey(RegisteredObject, on_delete=models.PROTECT, related_name="approvals")
    party = models.ForeignKey(Party, null=True, on_delete=models.PROTECT)
    checklist = models.CharField(max_length=24, db_collation="C")
    reason = models.CharField(max_length=200)
    notice_number = models.CharField(max_length=60, blank=True, db_collation="C")
    asked_by = models.BigIntegerField()
    asked_at = models.DateTimeField()
    approved_by = models.BigIntegerField(null=True)
    approved_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    notified_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    valid_until = models.DateField(null=True)


class Visit(models.Model):
    """One look at one place by one person, or the independent second look at it."""

    class Result(models.TextChoices):
        """How an on-the-spot matter ended; persuasion, correction and filing are kept apart."""

        NONE = "", ""
        PERSUADED = "persuaded", "persuaded"
        CORRECTED = "corrected", "corrected"
        FILED = "filed", "filed"

    district = models.ForeignKey(District, on_delete=models.PROTECT)
    domain = models.CharField(max_length=24, db_collation="C")
    checklist = models.CharField(max_length=24, db_collation="C")
    point = models.ForeignKey(RoundPoint, null=True, on_delete=models.PROTECT, related_name="visits")
    object = models.ForeignKey(RegisteredObject, null=True, on_delete=models.PROTECT, related_name="visits")
    area = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="+")
    road_kind = models.CharField(max_length=8, default="unknown")
    recheck_of = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="recheck")
    approval = models.ForeignKey(Approval, null=True, on_delete=models.PROTECT)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    visited_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    result = models.CharField(max_length=10, choices=Result.choices, blank=True)
    weather = models.CharField(max_length=60, blank=True)  # an excuse, recorded with its reason
    excused = models.BooleanField(default=False)
    note = models.TextField(blank=True)
    passed = models.BooleanField(null=True)
    # the phone's own key: the same entry sent twice is one visit
    client_key = models.CharField(max_length=60, null=True, db_collation="C")
    version = models.IntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["district", "domain", "-visited_at", "-id"], name="visit_newest"),
            models.Index(fields=["object", "-visited_at"], name="visit_by_object"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "client_key"],
                name="visit_once",
                condition=Q(client_key__isnull=False),
            )
        ]


class Finding(models.Model):
    """What was found on one line of the checklist; a failed one may have opened a case."""

    class Answer(models.TextChoices):
        OK = "ok", "ok"
        FAILED = "failed", "failed"
        NOT_APPLICABLE = "na", "not applicable"

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="findings")
    item = models.CharField(max_length=40, db_collation="C")
    answer = models.CharField(max_length=8, choices=Answer.choices)
    note = models.CharField(max_length=500, blank=True)
    photo = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit", "item"], name="finding_once")]


class Reading(models.Model):
    """A measured value with its unit, instrument and the limit it was held against."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="readings")
    measurement = models.CharField(max_length=40, db_collation="C")
    value = models.DecimalField(max_digits=12, decimal_places=4)
    unit = models.CharField(max_length=24)
    instrument = models.ForeignKey(Instrument, null=True, on_delete=models.PROTECT)
    limit = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    limit_source = models.CharField(max_length=120, blank=True)
    passed = models.BooleanField(null=True)
    doubtful = models.BooleanField(default=False)
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit", "measurement"], name="reading_once")]
