"""Evidence sheets: verified facts of each person of a round, frozen at a date, the person first.

Only the kinds of `evidence.yaml` enter. Figures are kept by a trigger: nobody corrects a frozen
sheet, a new set is made instead.
"""

from django.db import models
from django.db.models import F, Q

from chengzhi.branch.appraisal.named_models import NamedRound
from chengzhi.branch.organisation.models import Body, Member
from chengzhi.places.models import District


class EvidenceSet(models.Model):
    """The sheets of one round, all from the same period and the same moment."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+", db_index=False)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    round = models.ForeignKey("appraisal.Round", null=True, on_delete=models.CASCADE, related_name="evidence")
    named_round = models.ForeignKey(NamedRound, null=True, on_delete=models.CASCADE, related_name="evidence")
    first = models.DateField()
    last = models.DateField()
    as_of = models.DateTimeField()
    comment_until = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(round__isnull=False) ^ Q(named_round__isnull=False), name="evidence_of_one_round"
            ),
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="evidence_days"),
        ]


class EvidenceSheet(models.Model):
    """One person's figures (kind → counts with n), their hash, and what he says of them (sealed)."""

    set = models.ForeignKey(EvidenceSet, on_delete=models.CASCADE, related_name="sheets")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    figures = models.JSONField()
    digest = models.CharField(max_length=64, db_collation="C")
    comment = models.BinaryField(null=True)
    answered_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["set", "member"], name="evidence_sheet_once")]
