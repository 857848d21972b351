"""Lectures: the plan, its texts and materials, questions, what each group changes, what was seen later.

Attendance is two numbers; who came is kept nowhere. Hours of study are lines that a person or the
secretary enters, and serve one purpose: whether the legal minimum of the year is met.
"""

from django.db import models
from django.db.models import F, Q

from chengzhi.branch.organisation.models import Body, Member
from chengzhi.files.models import StoredFile
from chengzhi.places.models import Area, District


class Lecture(models.Model):
    """One lecture of a body. `held_on` is when it took place, `entered_at` when that was written down."""

    class Form(models.TextChoices):
        TEN_MINUTES = "ten_minutes", "ten minutes"
        ON_SITE = "on_site", "on site"

    district = models.ForeignKey(District, on_delete=models.PROTECT, db_index=False)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, db_index=False, related_name="+")
    number = models.CharField(max_length=40, db_collation="C")
    state = models.CharField(max_length=12, db_collation="C")
    form = models.CharField(max_length=12, choices=Form.choices, db_collation="C")
    theme = models.CharField(max_length=120)
    aim = models.TextField()
    domain = models.CharField(max_length=24, db_collation="C")
    area = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="+")
    spot = models.CharField(max_length=200, blank=True)
    prompts = models.TextField(blank=True)
    seed = models.CharField(max_length=16, db_collation="C")
    planned_for = models.DateField()
    speaker = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")
    held_on = models.DateField(null=True)
    expected = models.PositiveIntegerField(null=True)
    present = models.PositiveIntegerField(null=True)
    hours = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    entry = models.CharField(max_length=8, blank=True, db_collation="C")
    entered_at = models.DateTimeField(null=True)
    finding = models.TextField(blank=True)
    end_reason = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True)
    made_by = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()
    version = models.IntegerField(default=0)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district", "number"], name="lecture_number_once"),
            models.CheckConstraint(
                name="lecture_counts", condition=Q(present=None) | Q(present__lte=F("expected"))
            ),
            models.CheckConstraint(name="lecture_on_site", condition=~Q(form="on_site") | ~Q(spot="")),
        ]
        indexes = [models.Index(fields=["body", "-id"], name="lecture_by_body")]

    def __str__(self) -> str:
        return f"{self.number} {self.theme}"


class Text(models.Model):
    """A text a lecture is about: quoted by its official address, never summarised by a machine."""

    lecture = models.ForeignKey(Lecture, on_delete=models.CASCADE, related_name="texts")
    title = models.CharField(max_length=200)
    issuer = models.CharField(max_length=120)
    dated = models.DateField()
    link = models.URLField(max_length=500)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lecture", "link"], name="lecture_text_once")]


class Material(models.Model):
    """Something handed out: a document, or an address."""

    lecture = models.ForeignKey(Lecture, on_delete=models.CASCADE, related_name="materials")
    title = models.CharField(max_length=200)
    link = models.URLField(max_length=500, blank=True)
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="lecture_material_one", condition=Q(link="", file__isnull=False) | (~Q(link="") & Q(file=None))
            )
        ]  # fmt: skip


class Question(models.Model):
    """What was asked in the lecture, and the answer; who asked is not kept."""

    lecture = models.ForeignKey(Lecture, on_delete=models.CASCADE, related_name="questions")
    text = models.CharField(max_length=500)
    answer = models.CharField(max_length=1000, blank=True)
    entered_at = models.DateTimeField()


class Decision(models.Model):
    """What one group decided to change, who answers for it, by which figure and when it is looked at again."""

    lecture = models.ForeignKey(Lecture, on_delete=models.CASCADE, related_name="decisions")
    group = models.CharField(max_length=60)
    text = models.TextField()
    responsible = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    metric = models.CharField(max_length=80, blank=True, db_collation="C")
    look_again_on = models.DateField()
    entered_by = models.BigIntegerField(null=True)
    entered_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["look_again_on"], name="lecture_to_look_again", condition=~Q(metric=""))
        ]


class Sight(models.Model):
    """A decision's figure in one window: before the lecture, or from it to the agreed day. Counts, never a verdict."""

    class When(models.TextChoices):
        BEFORE = "before", "before"
        AFTER = "after", "after"

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, db_index=False, related_name="sights")
    when = models.CharField(max_length=8, choices=When.choices, db_collation="C")
    first = models.DateField()
    last = models.DateField()
    as_of = models.DateTimeField()
    above = models.BigIntegerField()
    below = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["decision", "when"], name="lecture_sight_once")]


class StudyLine(models.Model):
    """Hours of recognised study of a person: from a lecture that was held, or from a course elsewhere."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, db_index=False, related_name="+")
    on = models.DateField()
    title = models.CharField(max_length=120)
    hours = models.DecimalField(max_digits=5, decimal_places=1)
    lecture = models.ForeignKey(Lecture, null=True, on_delete=models.PROTECT, related_name="+")
    entered_by = models.BigIntegerField(null=True)
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "on", "title"], name="study_line_once"),
            models.UniqueConstraint(
                fields=["member", "lecture"], name="study_lecture_once", condition=Q(lecture__isnull=False)
            ),
            models.CheckConstraint(name="study_hours", condition=Q(hours__gt=0)),
        ]
