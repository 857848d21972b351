"""The street loop's tables. A state is written by :mod:`chengzhi.cases.actions` alone."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from chengzhi.cases.choices import ListChoice
from chengzhi.cases.competence_tables import Authority, Competence, HandOver
from chengzhi.cases.sighting_tables import Sighting, SightingMark
from chengzhi.cases.tables import (
    CaseLink,
    CaseObject,
    CaseRequest,
    EscalationSent,
    RoutingCorrection,
    RoutingRule,
)
from chengzhi.cases.tiles import Tile
from chengzhi.files.models import StoredFile
from chengzhi.people.models import Account, Unit
from chengzhi.places.models import Area, Cell, District, RoadKind, Street

__all__ = [
    "OPEN",
    "Authority",
    "BulkAction",
    "BulkItem",
    "Case",
    "CaseLimit",
    "CaseLink",
    "CaseObject",
    "CasePhoto",
    "CaseRequest",
    "CaseType",
    "Competence",
    "Escalation",
    "EscalationSent",
    "HandOver",
    "ListChoice",
    "RoutingCorrection",
    "RoutingRule",
    "SavedFilter",
    "Sighting",
    "SightingMark",
    "StageLimit",
    "Task",
    "Tile",
]

OPEN = Q(closed_at__isnull=True)


class CaseType(models.Model):
    """What a case is about, as used in one district; copied from the catalogue or the pack."""

    district = models.ForeignKey(District, on_delete=models.CASCADE, related_name="case_types")
    code_set = models.CharField(max_length=40)
    kind = models.CharField(max_length=10, default="event")
    code = models.CharField(max_length=40, db_collation="C")
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    domain = models.CharField(max_length=24, blank=True)
    default_unit = models.ForeignKey(Unit, null=True, on_delete=models.SET_NULL)
    public = models.BooleanField(default=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["district", "code_set", "kind", "code"], name="case_type_once")
        ]

    def __str__(self) -> str:
        return self.name


class CaseLimit(models.Model):
    """How long handling may take, per type, filing condition and area class, from a day on."""

    type = models.ForeignKey(CaseType, on_delete=models.CASCADE, related_name="limits")
    condition = models.CharField(max_length=40, default="default")
    condition_name = models.CharField(max_length=120, blank=True)
    condition_name_en = models.CharField(max_length=120, blank=True)
    area_class = models.SmallIntegerField(null=True)
    amount = models.DecimalField(max_digits=8, decimal_places=2)
    unit = models.CharField(max_length=16)
    outcome = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=120, blank=True)
    status = models.CharField(max_length=12, default="unverified")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    changed_by = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["type", "condition"], name="limit_by_type")]


class StageLimit(models.Model):
    """Clock of a stage that is not handling: see `chengzhi.cases.clocks.STAGES`."""

    district = models.ForeignKey(District, on_delete=models.CASCADE)
    stage = models.CharField(max_length=12)
    urgent = models.BooleanField(default=False)
    amount = models.DecimalField(max_digits=8, decimal_places=2)
    unit = models.CharField(max_length=16)
    source = models.CharField(max_length=120, blank=True)
    status = models.CharField(max_length=12, default="unverified")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    changed_by = models.BigIntegerField(null=True)


class Escalation(models.Model):
    """Who is told when a share of the limit is used up."""

    district = models.ForeignKey(District, on_delete=models.CASCADE)
    domain = models.CharField(max_length=24, blank=True)
    share = models.DecimalField(max_digits=5, decimal_places=2)
    role = models.CharField(max_length=24)
    own_unit_only = models.BooleanField(default=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)


class Case(models.Model):
    """案卷: one problem at one place, from report to evaluation."""

    # No constraint: every intake would lock the one row of its district, all others waiting on it.
    district = models.ForeignKey(District, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    number = models.CharField(max_length=40, db_collation="C")
    state = models.CharField(max_length=20, db_collation="C")
    channel = models.CharField(max_length=20, db_collation="C")
    type = models.ForeignKey(CaseType, null=True, on_delete=models.PROTECT, db_index=False)
    condition = models.CharField(max_length=40, default="default")
    domain = models.CharField(max_length=24, blank=True, db_collation="C")
    urgent = models.BooleanField(default=False)
    text = models.TextField(blank=True)
    bigrams = ArrayField(models.CharField(max_length=2), default=list)
    # place
    place_kind = models.CharField(max_length=8, default="point")
    address = models.CharField(max_length=250, blank=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    zkey = models.BigIntegerField(null=True)
    cell = models.ForeignKey(Cell, null=True, on_delete=models.PROTECT, db_index=False)
    area = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, db_index=False, related_name="+")
    street_area = models.ForeignKey(
        Area, null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    street = models.ForeignKey(Street, null=True, on_delete=models.PROTECT, db_index=False)
    road_kind = models.CharField(max_length=8, choices=RoadKind.choices, default=RoadKind.UNKNOWN)
    flags = ArrayField(models.CharField(max_length=24), default=list)
    # who
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, db_index=False, related_name="+")
    handler = models.ForeignKey(
        Account, null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    reported_by = models.BigIntegerField(null=True)
    taken_by = models.BigIntegerField(null=True)
    filed_by = models.BigIntegerField(null=True)
    dispatched_by = models.BigIntegerField(null=True)
    closed_by = models.BigIntegerField(null=True)
    # true times of the stages
    reported_at = models.DateTimeField()
    verify_sent_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)
    filed_at = models.DateTimeField(null=True)
    dispatched_at = models.DateTimeField(null=True)
    handled_at = models.DateTimeField(null=True)
    check_sent_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    # clocks of the stages; the running one's begin, four fifths and end stand in stage_*
    stage_from = models.DateTimeField(null=True)
    stage_warn_at = models.DateTimeField(null=True)
    stage_due_at = models.DateTimeField(null=True)
    register_due_at = models.DateTimeField(null=True)
    verify_due_at = models.DateTimeField(null=True)
    file_due_at = models.DateTimeField(null=True)
    dispatch_due_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    send_check_due_at = models.DateTimeField(null=True)
    check_due_at = models.DateTimeField(null=True)
    close_due_at = models.DateTimeField(null=True)
    limit_amount = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    limit_unit = models.CharField(max_length=16, blank=True)
    due_why = models.JSONField(null=True)
    # begin of the handling clock, moved on by pauses, so that shares of the limit come out right
    clock_from = models.DateTimeField(null=True)
    escalate_at = models.DateTimeField(null=True)
    suspended_at = models.DateTimeField(null=True)
    suspended_until = models.DateTimeField(null=True)
    # counters the evaluation reads
    extensions = models.SmallIntegerField(default=0)
    suspensions = models.SmallIntegerField(default=0)
    returns = models.SmallIntegerField(default=0)
    reworks = models.SmallIntegerField(default=0)
    dispatches = models.SmallIntegerField(default=0)
    misdispatches = models.SmallIntegerField(default=0)
    reopened = models.SmallIntegerField(default=0)
    missed_by_patrol = models.BooleanField(default=False)
    self_handled = models.BooleanField(default=False)
    overdue_excused = models.BooleanField(default=False)
    audit_sample = models.BooleanField(default=False)
    # ends
    outcome = models.CharField(max_length=40, blank=True)
    end_reason = models.TextField(blank=True)
    method = models.CharField(max_length=12, blank=True)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, db_index=False)
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    source_system = models.CharField(max_length=40, blank=True, db_collation="C")
    source_number = models.CharField(max_length=60, blank=True, db_collation="C")
    import_run = models.BigIntegerField(null=True)
    version = models.IntegerField(default=0)
    updated_at = models.DateTimeField()

    class Meta:
        # Each index names the page it serves; nothing else may be added without one.
        indexes = [
            models.Index(fields=["district", "number"], name="case_number"),
            models.Index(  # work list: all open, overdue, due soon, nearest end of a clock first
                fields=["district", "stage_due_at", "id"], name="case_open_due", condition=OPEN
            ),
            models.Index(  # work list of a department
                fields=["district", "unit", "stage_due_at", "id"], name="case_open_unit", condition=OPEN
            ),
            models.Index(  # queue of a post: to verify, to file, to dispatch, to check, suspended
                fields=["district", "state", "stage_due_at", "id"],
                name="case_open_state",
                condition=OPEN,
            ),
            models.Index(  # named filter "urgent"
                fields=["district", "stage_due_at", "id"],
                name="case_open_urgent",
                condition=OPEN & Q(urgent=True),
            ),
            models.Index(  # named filter "in rework"
                fields=["district", "stage_due_at", "id"],
                name="case_open_rework",
                condition=OPEN & Q(reworks__gt=0),
            ),
            models.Index(  # closed cases, newest first
                fields=["district", "-closed_at", "-id"],
                name="case_closed",
                condition=Q(closed_at__isnull=False),
            ),
            models.Index(fields=["district", "-reported_at", "-id"], name="case_newest"),
            models.Index(fields=["district", "zkey"], name="case_open_place", condition=OPEN),
            models.Index(  # duplicates: same cell, last days
                fields=["cell", "reported_at"], name="case_cell_time"
            ),
            models.Index(  # idempotent import
                fields=["district", "source_system", "source_number"],
                name="case_source",
                condition=~Q(source_number=""),
            ),
            models.Index(fields=["parent"], name="case_children", condition=Q(parent__isnull=False)),
            models.Index(fields=["merged_into"], name="case_merged", condition=Q(merged_into__isnull=False)),
            models.Index(  # escalation: whose next share is reached
                fields=["escalate_at"],
                name="case_to_escalate",
                condition=OPEN & Q(escalate_at__isnull=False),
            ),
            models.Index(  # suspensions that end by themselves
                fields=["suspended_until"], name="case_to_resume", condition=Q(state="suspended")
            ),
            GinIndex(fields=["bigrams"], name="case_words"),
        ]

    def __str__(self) -> str:
        return self.number


class Task(models.Model):
    """A piece of work within a case, each with its clock: one for every stage, and co-handling.

    Without `account` it waits in the queue of a post or unit; who did it stands there afterwards.
    """

    class Kind(models.TextChoices):
        REGISTER = "register", pgettext_lazy("task", "register")
        FILE = "file", pgettext_lazy("task", "file")
        DISPATCH = "dispatch", pgettext_lazy("task", "dispatch")
        CLOSE = "close", pgettext_lazy("task", "close")
        SEND_CHECK = "send_check", pgettext_lazy("task", "send to check")
        VERIFY = "verify", pgettext_lazy("task", "verify")
        CHECK = "check", pgettext_lazy("task", "check")
        HANDLE = "handle", pgettext_lazy("task", "handle")
        COHANDLE = "cohandle", pgettext_lazy("task", "co-handle")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, db_index=False)
    district = models.ForeignKey(District, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, db_index=False)
    account = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, db_index=False)
    sent_by = models.BigIntegerField(null=True)
    sent_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=20, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["case"], name="task_by_case"),
            models.Index(
                fields=["district", "account", "due_at"],
                name="task_open_mine",
                condition=Q(done_at__isnull=True, cancelled_at__isnull=True),
            ),
        ]


class CasePhoto(models.Model):
    """A photo of a case; public only after masking and release."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="photos")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    masked = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    stage = models.CharField(max_length=10)
    added_by = models.BigIntegerField(null=True)
    added_at = models.DateTimeField()
    released_by = models.BigIntegerField(null=True)
    released_at = models.DateTimeField(null=True)


class SavedFilter(models.Model):
    """A named filter of the work list, own or shared within the district."""

    district = models.ForeignKey(District, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    name = models.CharField(max_length=60)
    query = models.JSONField()
    columns = models.JSONField(default=list)
    shared = models.BooleanField(default=False)
    created_at = models.DateTimeField()


class BulkAction(models.Model):
    """One step on many cases: what was asked, what became of each, and whether it was undone."""

    district = models.ForeignKey(District, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.PROTECT)
    step = models.CharField(max_length=24)
    facts = models.JSONField(default=dict)
    total = models.IntegerField()
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    job_id = models.BigIntegerField(null=True)
    idempotency_key = models.CharField(max_length=80, null=True, db_collation="C")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "idempotency_key"],
                name="bulk_once",
                condition=Q(idempotency_key__isnull=False),
            )
        ]


class BulkItem(models.Model):
    """The result of a bulk action for one case."""

    action = models.ForeignKey(BulkAction, on_delete=models.CASCADE, related_name="items")
    case = models.ForeignKey(Case, on_delete=models.PROTECT)
    state = models.CharField(max_length=10, default="waiting")
    event_id = models.BigIntegerField(null=True)
    error = models.JSONField(null=True)
    undo_error = models.JSONField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["action", "case"], name="bulk_item_once")]
