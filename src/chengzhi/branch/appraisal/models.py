"""Rounds of appraisal, who is appraised, who may vote, counts.

Ballots have no model: each round's box and marks are tables of their own, made and dropped by
the functions of migration 0002, so that no row, foreign key or backup keeps them.
Nothing here joins a token and a person, and no row of a ballot has a time.
"""

from django.db import models
from django.db.models import Q

from chengzhi.branch.organisation.models import Body, Member
from chengzhi.places.models import District


class Round(models.Model):
    """One appraisal of a body: rules frozen when planned, state by its life."""

    class Means(models.TextChoices):
        TOKENS = "tokens", "tokens"
        PAPER = "paper", "paper"

    district = models.ForeignKey(
        District, on_delete=models.PROTECT, related_name="appraisals", db_index=False
    )
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="appraisals")
    number = models.CharField(max_length=16, db_collation="C")
    code = models.CharField(max_length=8, db_collation="C", unique=True)
    title = models.CharField(max_length=120)
    means = models.CharField(max_length=8, choices=Means.choices, db_collation="C")
    rules = models.JSONField()
    least = models.SmallIntegerField()
    least_reason = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=16, db_collation="C", default="planned")
    version = models.IntegerField(default=0)
    planned_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    opens_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField(null=True)
    public_key = models.BinaryField(null=True)
    holders = models.JSONField(default=list)
    expected = models.IntegerField(default=0)
    present = models.IntegerField(null=True)
    absences = models.JSONField(default=dict)
    cast = models.IntegerField(null=True)
    no_self = models.IntegerField(null=True)
    told_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district", "number"], name="appraisal_number_once"),
            models.CheckConstraint(condition=Q(least__gte=3), name="appraisal_least_floor"),
            models.CheckConstraint(
                condition=Q(closes_at__gt=models.F("opens_at")), name="appraisal_opens_first"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Ratee(models.Model):
    """Somebody who is appraised; texts are sealed, grades are people's decisions."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="ratees")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    position = models.SmallIntegerField()
    graded = models.BooleanField(default=True)
    why_not = models.CharField(max_length=24, blank=True, db_collation="C")
    self_text = models.BinaryField(null=True)
    opinion_grade = models.CharField(max_length=24, blank=True, db_collation="C")
    opinion_text = models.BinaryField(null=True)
    told_on = models.DateField(null=True)
    objection = models.BinaryField(null=True)
    answer = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "member"], name="ratee_once"),
            models.UniqueConstraint(fields=["round", "position"], name="ratee_position_once"),
        ]


class Eligible(models.Model):
    """Who may vote, ticked when a token is handed over; without a time, gone after the count."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="eligible")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    given = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "member"], name="eligible_once")]


class PaperCount(models.Model):
    """What one teller counted from the paper ballots; the second must enter the same."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="paper_counts")
    teller = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    ballots = models.IntegerField()
    counts = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "teller"], name="paper_count_once")]


class Tally(models.Model):
    """How many marks of a grade somebody got."""

    ratee = models.ForeignKey(Ratee, on_delete=models.CASCADE, related_name="tallies")
    grade = models.CharField(max_length=24, db_collation="C")
    count = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ratee", "grade"], name="tally_once")]


from chengzhi.branch.appraisal import evidence_models, named_models  # noqa: E402, F401 -- registers their tables
