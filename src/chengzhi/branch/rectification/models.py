"""整改台账: a gap, what it is measured by, who sets it right until when, and the readings of its figure."""

from django.db import models
from django.db.models import F, Q

from chengzhi.branch.organisation.models import Body, Member
from chengzhi.cases.models import Case
from chengzhi.people.models import Unit
from chengzhi.places.models import Area, District


class Item(models.Model):
    """One gap of a body. It is struck off only after a check by another person, which the table itself demands."""

    class Bound(models.TextChoices):
        AT_MOST = "at_most", "at most"
        AT_LEAST = "at_least", "at least"

    district = models.ForeignKey(District, on_delete=models.PROTECT, db_index=False)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, db_index=False, related_name="+")
    number = models.CharField(max_length=40, db_collation="C")
    state = models.CharField(max_length=12, db_collation="C")
    title = models.CharField(max_length=120)
    gap = models.TextField()
    domain = models.CharField(max_length=24, blank=True, db_collation="C")
    benchmark = models.CharField(max_length=300)
    benchmark_on = models.DateField()
    benchmark_link = models.URLField(max_length=500, blank=True)
    words = models.BinaryField(null=True)
    words_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")
    earlier = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="later")
    found_by = models.BigIntegerField(null=True)
    found_at = models.DateTimeField()
    owner = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")
    measures = models.TextField(blank=True)
    due_at = models.DateTimeField(null=True)
    extensions = models.PositiveSmallIntegerField(default=0)
    evidence = models.TextField(blank=True)
    exception = models.TextField(blank=True)
    asked_by = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField(null=True)
    returns = models.PositiveSmallIntegerField(default=0)
    checked_by = models.BigIntegerField(null=True)
    checked_at = models.DateTimeField(null=True)
    finding = models.TextField(blank=True)
    recheck_on = models.DateField(null=True)
    suspended_until = models.DateField(null=True)
    metric = models.CharField(max_length=80, blank=True, db_collation="C")
    metric_days = models.PositiveSmallIntegerField(default=30)
    metric_area = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="+")
    metric_unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    metric_domain = models.CharField(max_length=24, blank=True, db_collation="C")
    bound = models.FloatField(null=True)
    bound_kind = models.CharField(max_length=8, choices=Bound.choices, blank=True, db_collation="C")
    ended_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=0)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district", "number"], name="rectification_number_once"),
            models.CheckConstraint(
                name="rectification_checked_by_another",
                condition=~Q(state="struck_off")
                | (Q(checked_by__isnull=False) & Q(asked_by__isnull=False) & ~Q(checked_by=F("asked_by"))),
            ),
            models.CheckConstraint(
                name="rectification_figure_whole",
                condition=Q(metric="") | (Q(bound__isnull=False) & ~Q(bound_kind="")),
            ),
        ]
        indexes = [
            models.Index(fields=["body", "-id"], name="rectification_ledger"),
            models.Index(fields=["body", "state", "-id"], name="rectification_by_state"),
            models.Index(
                fields=["body", "due_at"], name="rectification_overdue", condition=Q(ended_at__isnull=True)
            ),
            models.Index(fields=["district", "id"], name="rectification_figures", condition=~Q(metric="")),
            models.Index(
                fields=["suspended_until"], name="rectification_suspended", condition=Q(state="suspended")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Evidence(models.Model):
    """What shows the gap, or that it is gone: a case, or another item of the ledger."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="proofs")
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(Item, null=True, on_delete=models.PROTECT, related_name="+")
    added_by = models.BigIntegerField(null=True)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="rectification_one_proof", condition=Q(case__isnull=False) ^ Q(other__isnull=False)
            ),
            models.UniqueConstraint(fields=["item", "case"], name="rectification_case_once"),
            models.UniqueConstraint(fields=["item", "other"], name="rectification_other_once"),
        ]


class Reading(models.Model):
    """The figure of an item as it was read for a day: counts, so that the sample size is always known."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, db_index=False, related_name="readings")
    day = models.DateField()
    as_of = models.DateTimeField()
    first = models.DateField()
    above = models.BigIntegerField()
    below = models.BigIntegerField()
    value = models.FloatField(null=True)
    within = models.BooleanField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "day"], name="rectification_reading_once")]
