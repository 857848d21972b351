"""Tables beside the case: requests, links, routing, escalations told. Re-exported by `models`."""

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from chengzhi.people.models import Unit
from chengzhi.places.models import Area, District
from chengzhi.registers.models import RegisteredObject


class CaseRequest(models.Model):
    """What a department or clerk asks for and somebody else decides.

    `level` counts the reviews passed (appeals have two). A request that is still open when the
    case moves on lapses. Refused and lapsed ones stay, with their reasons.
    """

    class Kind(models.TextChoices):
        EXTENSION = "extension", pgettext_lazy("request", "extension")
        SUSPENSION = "suspension", pgettext_lazy("request", "suspension")
        RETURN = "return", pgettext_lazy("request", "return")
        VOID = "void", pgettext_lazy("request", "voiding")
        APPEAL = "appeal", pgettext_lazy("request", "appeal")

    class Decision(models.TextChoices):
        OPEN = "", pgettext_lazy("request", "open")
        GRANTED = "granted", pgettext_lazy("request", "granted")
        REFUSED = "refused", pgettext_lazy("request", "refused")
        LAPSED = "lapsed", pgettext_lazy("request", "lapsed")

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, db_index=False)
    district = models.ForeignKey(District, on_delete=models.PROTECT, db_index=False)
    kind = models.CharField(max_length=12, choices=Kind.choices, db_collation="C")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, db_index=False)
    asked_by = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField()
    reason = models.TextField()
    until = models.DateTimeField(null=True)
    level = models.SmallIntegerField(default=1)
    first_by = models.BigIntegerField(null=True)
    first_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=8, choices=Decision.choices, default="", blank=True)
    decided_by = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["case"], name="request_by_case"),
            models.Index(  # queue of what waits for a decision
                fields=["district", "kind", "asked_at"], name="request_open", condition=Q(decision="")
            ),
        ]


class CaseLink(models.Model):
    """Two cases that tell of the same problem; found from either side."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="links")
    other = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="linked_from")
    kind = models.CharField(max_length=12, default="duplicate")
    made_by = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "other", "kind"], name="link_once")]


class RoutingRule(models.Model):
    """Which unit a case goes to: the first rule in order whose conditions all hold.

    An empty condition holds for every case. `area` holds for the area and those below it.
    """

    district = models.ForeignKey(District, on_delete=models.CASCADE)
    position = models.IntegerField()
    type = models.ForeignKey("cases.CaseType", null=True, blank=True, on_delete=models.CASCADE)
    domain = models.CharField(max_length=24, blank=True, db_collation="C")
    area = models.ForeignKey(Area, null=True, blank=True, on_delete=models.CASCADE)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT)
    reason = models.CharField(max_length=200, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    changed_by = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["position", "id"]
        indexes = [models.Index(fields=["district", "position"], name="routing_order")]


class RoutingCorrection(models.Model):
    """A dispatcher chose another unit than the one proposed: what the rules may learn from."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT)
    district = models.ForeignKey(District, on_delete=models.PROTECT, db_index=False)
    rule = models.ForeignKey(RoutingRule, null=True, on_delete=models.SET_NULL)
    proposed = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    chosen = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    made_by = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()


class EscalationSent(models.Model):
    """That somebody was told of a share of a limit, so that nobody is told twice."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT)
    escalation = models.ForeignKey("cases.Escalation", on_delete=models.CASCADE)
    due_at = models.DateTimeField()
    told_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "escalation", "due_at"], name="told_once")]


class CaseObject(models.Model):
    """What a case is about: an object of a register. One case may concern several, one object many cases."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="about", db_index=False)
    object = models.ForeignKey(
        RegisteredObject, on_delete=models.PROTECT, related_name="case_links", db_index=False
    )
    linked_by = models.BigIntegerField(null=True)
    linked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "object"], name="case_object_once")]
        indexes = [models.Index(fields=["object", "-case"], name="case_by_object")]
