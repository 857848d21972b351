"""Named, confidential rounds (互评 for development): who rates whom, marks as data, results by version.

A secret ballot never becomes one of these: they are tables of their own, declared as named and
confidential before anybody rates. Nobody can rate himself, which the table itself demands. Texts
are sealed; marks go when the round is archived, results stay.
"""

from django.db import models
from django.db.models import F, Q

from chengzhi.branch.organisation.models import Body, Member
from chengzhi.places.models import District


class NamedRound(models.Model):
    """One named round of a body; `rules` (scale, criteria, terms) are frozen when it is planned."""

    class Design(models.TextChoices):
        ALL = "all", "all"
        GROUPS = "groups", "groups"
        DRAWN = "drawn", "drawn"

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+", db_index=False)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="named_rounds")
    number = models.CharField(max_length=16, db_collation="C")
    title = models.CharField(max_length=120)
    design = models.CharField(max_length=8, choices=Design.choices, db_collation="C")
    size = models.SmallIntegerField(null=True)
    seed = models.CharField(max_length=64, db_collation="C")
    rules = models.JSONField()
    least = models.SmallIntegerField()
    least_reason = models.CharField(max_length=200, blank=True)
    closes_at = models.DateTimeField()
    state = models.CharField(max_length=12, db_collation="C", default="planned")
    version = models.IntegerField(default=0)
    planned_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    told_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district", "number"], name="named_number_once"),
            models.CheckConstraint(condition=Q(least__gte=3), name="named_least_floor"),
        ]
        indexes = [models.Index(fields=["body", "-id"], name="named_by_body")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class NamedPerson(models.Model):
    """Somebody who takes part, as ratee and as rater; `block` is the part of the design he is in."""

    round = models.ForeignKey(NamedRound, on_delete=models.CASCADE, related_name="people")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    position = models.SmallIntegerField()
    block = models.SmallIntegerField(default=0)
    self_text = models.BinaryField(null=True)
    opinion_text = models.BinaryField(null=True)
    objection = models.BinaryField(null=True)
    answer = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "member"], name="named_person_once"),
            models.UniqueConstraint(fields=["round", "position"], name="named_position_once"),
        ]


class NamedPair(models.Model):
    """That one person is to rate another; `unable`: he said that he cannot judge."""

    rater = models.ForeignKey(NamedPerson, on_delete=models.CASCADE, related_name="gives")
    ratee = models.ForeignKey(NamedPerson, on_delete=models.CASCADE, related_name="gets")
    unable = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rater", "ratee"], name="named_pair_once"),
            models.CheckConstraint(condition=~Q(rater=F("ratee")), name="named_nobody_himself"),
        ]


class NamedMark(models.Model):
    """A mark on one criterion, on the ordinal scale of the round."""

    pair = models.ForeignKey(NamedPair, on_delete=models.CASCADE, related_name="marks")
    criterion = models.CharField(max_length=24, db_collation="C")
    mark = models.SmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pair", "criterion"], name="named_mark_once"),
            models.CheckConstraint(condition=Q(mark__gte=1), name="named_mark_from_one"),
        ]


class NamedResult(models.Model):
    """What the estimators said of one state of the marks; names in it are keys of people of the round."""

    round = models.ForeignKey(NamedRound, on_delete=models.CASCADE, related_name="results")
    version = models.SmallIntegerField()
    inputs_hash = models.CharField(max_length=64, db_collation="C")
    program = models.CharField(max_length=24, db_collation="C")
    made_at = models.DateTimeField()
    content = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "version"], name="named_result_once")]
