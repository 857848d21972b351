"""Promises, their dated readings, and what residents say of them.

What was promised is content: from its registration on a trigger of the database refuses to
change it. Readings are made by the program alone.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chengzhi.branch.organisation.models import Body, Member
from chengzhi.cases.models import CaseType
from chengzhi.people.models import Unit
from chengzhi.places.models import Area, District


class Level(models.TextChoices):
    """Who promises: the committee above, a branch or group, a person at a post."""

    COMMITTEE = "committee", _("Committee")
    BRANCH = "branch", _("Branch")
    MEMBER = "member", _("Member at a post")


class Direction(models.TextChoices):
    """On which side of the target the promise is kept."""

    AT_LEAST = "at_least", _("at least")
    AT_MOST = "at_most", _("at most")


class Comparison(models.TextChoices):
    """What the figure is held against, beside its own baseline."""

    AREAS = "areas", _("the other areas or departments, same days")
    EARLIER = "earlier", _("the same days one year before")


class Outcome(models.TextChoices):
    """What the declared rule says of a reading."""

    KEPT = "kept", pgettext_lazy("promise", "kept")
    PARTLY = "partly", _("partly kept")
    NOT_KEPT = "not_kept", pgettext_lazy("promise", "not kept")
    NOT_MEASURABLE = "not_measurable", _("not measurable")


class Commitment(models.Model):
    """One promise: who, what, where, by which figure, from when to when, against what.

    `target` is a share (0 to 1). `area` None is the whole district; an empty `domain` and no
    `type` are every case. `content_hash` is set at registration.
    """

    district = models.ForeignKey(District, on_delete=models.PROTECT, db_index=False)
    number = models.CharField(max_length=24, db_collation="C")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="commitments")
    member = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="commitments")
    post = models.CharField(max_length=60, blank=True)
    level = models.CharField(max_length=12, choices=Level.choices, db_collation="C")
    title = models.CharField(max_length=120)
    text = models.TextField()
    area = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    domain = models.CharField(max_length=24, blank=True, db_collation="C")
    type = models.ForeignKey(CaseType, null=True, on_delete=models.PROTECT, related_name="+")
    metric = models.CharField(max_length=60, db_collation="C")
    direction = models.CharField(max_length=12, choices=Direction.choices, db_collation="C")
    target = models.FloatField()
    baseline_first = models.DateField()
    baseline_last = models.DateField()
    start = models.DateField()
    end = models.DateField()
    comparison = models.CharField(max_length=12, choices=Comparison.choices, db_collation="C")
    state = models.CharField(max_length=16, db_collation="C")
    version = models.PositiveIntegerField(default=0)
    content_hash = models.CharField(max_length=64, blank=True, db_collation="C")
    outcome = models.CharField(max_length=16, choices=Outcome.choices, blank=True, db_collation="C")
    concrete_why = models.TextField(blank=True)
    tied_why = models.TextField(blank=True)
    feasible_why = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    explanation = models.TextField(blank=True)
    judgement = models.TextField(blank=True)
    name_shown = models.BooleanField(default=False)
    proposed_by = models.BigIntegerField(null=True)
    examined_by = models.BigIntegerField(null=True)
    proposed_at = models.DateTimeField()
    registered_at = models.DateTimeField(null=True)
    public_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district", "number"], name="commitment_number_once"),
            models.CheckConstraint(condition=Q(end__gte=F("start")), name="commitment_days"),
            models.CheckConstraint(
                condition=Q(baseline_last__gte=F("baseline_first"), baseline_last__lt=F("start")),
                name="commitment_baseline_before",
            ),
            models.CheckConstraint(condition=Q(target__gte=0, target__lte=1), name="commitment_target_share"),
        ]
        indexes = [
            models.Index(fields=["district", "state", "id"], name="commitment_by_state"),
            models.Index(fields=["body", "id"], name="commitment_by_body"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Reading(models.Model):
    """The figure of one promise as the data stood on a day: value, sample, interval, comparison.

    Shares are 0 to 1. `final` readings are those by which the promise was settled.
    """

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="readings")
    day = models.DateField()
    as_of = models.DateTimeField()
    above = models.IntegerField()
    below = models.IntegerField()
    value = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    baseline_value = models.FloatField(null=True)
    baseline_n = models.IntegerField(default=0)
    comparison_value = models.FloatField(null=True)
    comparison_n = models.IntegerField(default=0)
    outcome = models.CharField(max_length=16, choices=Outcome.choices, db_collation="C")
    grade = models.CharField(max_length=1, db_collation="C")
    final = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["commitment", "day"], name="reading_once_a_day")]


class Answer(models.TextChoices):
    """Whether a resident sees it."""

    YES = "yes", _("Yes, I see it")
    NO = "no", _("No, I do not")
    NOT_SURE = "not_sure", _("Not sure")


class Sighting(models.Model):
    """What a resident says of a promise: no name, no address, only the day.

    `words` are shown to nobody outside before somebody of the body has let them through.
    """

    class Words(models.TextChoices):
        NONE = "none", "none"
        WAITING = "waiting", "waiting"
        SHOWN = "shown", "shown"
        HIDDEN = "hidden", "hidden"

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="sightings")
    answer = models.CharField(max_length=12, choices=Answer.choices, db_collation="C")
    words = models.CharField(max_length=200, blank=True)
    words_state = models.CharField(max_length=12, choices=Words.choices, db_collation="C")
    said_on = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["commitment", "words_state"], name="sighting_by_words")]
