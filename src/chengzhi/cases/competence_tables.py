"""权责清单: who may do what, where; and what was handed over to another authority. Re-exported by `models`."""

from django.db import models
from django.db.models import Q

from chengzhi.people.models import Unit
from chengzhi.places.models import Area, District, RoadKind
from chengzhi.registers.models import RegisteredObject


class Authority(models.Model):
    """Another authority (公安交管, 自然资源 …) that takes over what the district's bureau may not do.

    The limits say how soon it is expected to acknowledge and to answer; they are agreements of the
    district, not law, and marked unverified until it confirms them.
    """

    district = models.ForeignKey(District, on_delete=models.CASCADE)
    key = models.CharField(max_length=24, db_collation="C")
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, blank=True)
    address = models.CharField(max_length=200, blank=True)  # how it is reached: desk, fax, e-mail
    receipt_amount = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    receipt_unit = models.CharField(max_length=16, blank=True)
    answer_amount = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    answer_unit = models.CharField(max_length=16, blank=True)
    source = models.CharField(max_length=120, blank=True)
    status = models.CharField(max_length=12, default="unverified")
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["key"]
        constraints = [models.UniqueConstraint(fields=["district", "key"], name="authority_once")]

    def __str__(self) -> str:
        return self.name


class Competence(models.Model):
    """One line of the list: this unit, or this authority, may do this act on these matters here.

    An empty condition holds for all; the most particular line counts first. Exactly one of `unit`
    and `authority` is set. `basis` names the article or the transfer decision.
    """

    district = models.ForeignKey(District, on_delete=models.CASCADE)
    domain = models.CharField(max_length=24, blank=True, db_collation="C")
    type = models.ForeignKey("cases.CaseType", null=True, on_delete=models.CASCADE)
    act = models.CharField(max_length=12, db_collation="C")
    area = models.ForeignKey(Area, null=True, on_delete=models.CASCADE)
    road_kind = models.CharField(max_length=8, choices=RoadKind.choices, blank=True)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT)
    authority = models.ForeignKey(Authority, null=True, on_delete=models.PROTECT)
    basis = models.CharField(max_length=200)
    conditions = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=120, blank=True)
    status = models.CharField(max_length=12, default="unverified")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    changed_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=False, authority__isnull=True)
                | Q(unit__isnull=True, authority__isnull=False),
                name="competence_is_ones",
            )
        ]
        indexes = [models.Index(fields=["district", "domain", "act"], name="competence_by_act")]


class HandOver(models.Model):
    """移送: a case, or an object, given to another authority, with receipt and clock."""

    district = models.ForeignKey(District, on_delete=models.PROTECT)
    number = models.CharField(max_length=40, db_collation="C")
    state = models.CharField(max_length=12, default="sent", db_collation="C")
    case = models.ForeignKey("cases.Case", null=True, on_delete=models.PROTECT, related_name="hand_overs")
    object = models.ForeignKey(
        RegisteredObject, null=True, on_delete=models.PROTECT, related_name="hand_overs"
    )
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT)
    matter = models.CharField(max_length=24, blank=True, db_collation="C")
    reason = models.TextField()
    basis = models.CharField(max_length=200, blank=True)
    sent_by = models.BigIntegerField(null=True)
    sent_at = models.DateTimeField()
    receipt_due_at = models.DateTimeField(null=True)
    receipt = models.CharField(max_length=80, blank=True)
    received_at = models.DateTimeField(null=True)
    answer_due_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    result = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=0)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["district", "number"], name="hand_over_number_once")]
        indexes = [
            models.Index(fields=["district", "-sent_at", "-id"], name="hand_over_newest"),
            models.Index(  # queue: what waits for a receipt or an answer
                fields=["district", "state", "id"], name="hand_over_open", condition=Q(ended_at__isnull=True)
            ),
            models.Index(fields=["case"], name="hand_over_case", condition=Q(case__isnull=False)),
            models.Index(fields=["object"], name="hand_over_object", condition=Q(object__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.number
