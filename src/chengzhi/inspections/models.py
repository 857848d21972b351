"""Rounds drawn at random, visits, findings and readings, approvals and deductions.

No place of an inspector is kept: a visit has the place of its point, nothing else.
A state is written by `chengzhi.lifecycle.machine` alone.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from chengzhi.cases.models import Case
from chengzhi.files.models import StoredFile
from chengzhi.inspections.tables import CheckLimit, ContractTerm, Instrument, VisitCap
from chengzhi.people.models import Account, Unit
from chengzhi.places.models import Area, Cell, District, Street
from chengzhi.registers.models import Party, Permit, RegisteredObject

__all__ = [
    "Approval",
    "CheckLimit",
    "ContractTerm",
    "Deduction",
    "Finding",
    "FormerVisit",
    "Instrument",
    "Reading",
    "Round",
    "RoundPoint",
    "Stratum",
    "Visit",
    "VisitCap",
]


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
    updated_at = models.DateTimeField()

    # What `rounds.draw` hands to the step: seed, hash and size of the frame. No column.
    lot: Mapping[str, Any] | None = None

    class Meta:
        indexes = [models.Index(fields=["district", "-starts_on", "-id"], name="round_newest")]

    def __str__(self) -> str:
        return self.name


class Stratum(models.Model):
    """A part of the frame: how many places it has and how many were drawn.

    `members` are the numbers of its places as they were at the draw, so that it can be proved later.
    """

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="drawn_strata")
    key = models.JSONField()
    size = models.IntegerField()
    drawn = models.IntegerField()
    members = ArrayField(models.BigIntegerField())


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

    # What `queries.rechecks_waiting` adds for the page. No column.
    first_visit_id: int | None = None

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
    """检查审批 and 检查通知书: a visit to a business is approved and announced before it takes place.

    `complaint` is the case of a complaint that calls for the visit; such a visit stands outside the cap.
    """

    district = models.ForeignKey(District, on_delete=models.PROTECT)
    object = models.ForeignKey(RegisteredObject, on_delete=models.PROTECT, related_name="approvals")
    party = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    checklist = models.CharField(max_length=24, db_collation="C")
    round = models.ForeignKey("Round", null=True, on_delete=models.PROTECT, related_name="approvals")
    complaint = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    state = models.CharField(max_length=12, default="asked", db_collation="C")
    notice_number = models.CharField(max_length=60, blank=True, db_collation="C")
    asked_by = models.BigIntegerField()
    asked_at = models.DateTimeField()
    approved_by = models.BigIntegerField(null=True)
    approved_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    notified_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    valid_until = models.DateField(null=True)
    version = models.IntegerField(default=0)
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["district", "state", "-id"], name="approval_by_state"),
            models.Index(fields=["object", "checklist"], name="approval_by_object"),
        ]


class StandingVisits(models.Manager["Visit"]):
    """The visits that count: those that were not withdrawn."""

    def get_queryset(self) -> models.QuerySet["Visit"]:
        """Without those withdrawn; their findings and readings lie in the former record alone."""
        return super().get_queryset().filter(withdrawn_at=None)


class Visit(models.Model):
    """One look at one place by one person, or the independent second look at it.

    `objects` are the visits that count, `everything` also those that were withdrawn.
    """

    class Result(models.TextChoices):
        """How an on-the-spot matter ended; persuasion, correction and filing are kept apart."""

        PERSUADED = "persuaded", pgettext_lazy("visit", "persuaded")
        CORRECTED = "corrected", pgettext_lazy("visit", "corrected")
        FILED = "filed", pgettext_lazy("visit", "filed as a case")

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
    withdrawn_at = models.DateTimeField(null=True)

    objects = StandingVisits()
    everything: ClassVar[models.Manager["Visit"]] = models.Manager()

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


class FormerVisit(models.Model):
    """A visit as it was recorded before it was corrected or withdrawn, with the reason. Never changed."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="former")
    withdrawn = models.BooleanField()
    content = models.JSONField()
    reason = models.CharField(max_length=300)
    changed_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()


class Finding(models.Model):
    """What was found on one line of the checklist; a failed one may have opened a case."""

    class Answer(models.TextChoices):
        OK = "ok", pgettext_lazy("finding", "in order")
        FAILED = "failed", pgettext_lazy("finding", "not in order")
        NOT_APPLICABLE = "na", pgettext_lazy("finding", "does not apply")

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


class Deduction(models.Model):
    """扣款建议: what a contract takes off for a failed reading; proposed, told, open to appeal.

    `amount` is what was proposed, `decided_amount` what remains after the decision.
    """

    class Decision(models.TextChoices):
        KEPT = "kept", pgettext_lazy("deduction", "kept")
        CUT = "cut", pgettext_lazy("deduction", "cut")
        WITHDRAWN = "withdrawn", pgettext_lazy("deduction", "withdrawn")

    district = models.ForeignKey(District, on_delete=models.PROTECT)
    permit = models.ForeignKey(Permit, on_delete=models.PROTECT, related_name="deductions")
    party = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    reading = models.OneToOneField(Reading, on_delete=models.PROTECT, related_name="deduction")
    term = models.ForeignKey(ContractTerm, on_delete=models.PROTECT, related_name="+")
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    state = models.CharField(max_length=12, default="proposed", db_collation="C")
    proposed_by = models.BigIntegerField(null=True)
    proposed_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    appeal_due_at = models.DateTimeField(null=True)
    appealed_at = models.DateTimeField(null=True)
    appeal = models.TextField(blank=True)
    decision = models.CharField(max_length=10, choices=Decision.choices, blank=True)
    decided_by = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    decision_reason = models.TextField(blank=True)
    final_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=0)
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["district", "state", "-id"], name="deduction_by_state"),
            models.Index(fields=["permit", "-id"], name="deduction_by_permit"),
        ]
