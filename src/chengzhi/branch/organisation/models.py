"""The organisation tree, who belongs to it, and the rules it works by.

Roles in a body are apart from posts in the bureau; both are dated. Nothing here counts
log-ins, attendance points or reading.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from chengzhi.people.models import Account, Unit
from chengzhi.places.models import District


class Body(models.Model):
    """A committee, general branch, branch or group; with another rule pack a council or a team."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, db_index=False)
    kind = models.CharField(max_length=24, db_collation="C")
    code = models.CharField(max_length=24, db_collation="C")
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="below")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    pack = models.CharField(max_length=40, db_collation="C")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["district", "code"], name="body_code_once")]

    def __str__(self) -> str:
        return self.name


class Member(models.Model):
    """A person of the organisation; an account is not needed to be one."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, db_index=False)
    account = models.ForeignKey(Account, null=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(max_length=60)
    staff_category = models.CharField(max_length=24, blank=True, db_collation="C")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["district", "id"], name="member_of_district")]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "account"], name="member_account_once", condition=Q(account__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """To which body a person belongs, as what, from when to when; rows end, they do not vanish."""

    class Standing(models.TextChoices):
        FORMAL = "formal", "formal"
        PROBATIONARY = "probationary", "probationary"

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="memberships")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="memberships")
    standing = models.CharField(max_length=16, choices=Standing.choices, default=Standing.FORMAL)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["body", "valid_from"], name="membership_by_body")]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from") - 1), name="membership_days"
            )
        ]


class BodyRole(models.Model):
    """A role in a body (`roles.yaml`): secretary, committee member, teller …"""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="roles")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="roles")
    role = models.CharField(max_length=24, db_collation="C")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["member", "valid_from"], name="body_role_by_member")]


class Exemption(models.Model):
    """A time in which duties of attendance and study are not asked of a person.

    It takes the person out of denominators. Only the kind of reason is kept, never a diagnosis.
    """

    class Reason(models.TextChoices):
        AGED = "aged", "aged"
        ILL = "ill", "ill"
        DISABLED = "disabled", "disabled"
        AWAY = "away", "away"

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="exemptions")
    reason = models.CharField(max_length=12, choices=Reason.choices)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)


class PracticeRule(models.Model):
    """One rule of practice: what it asks, by which text, in force from when, how far that was seen."""

    class Status(models.TextChoices):
        SEEN = "seen", "seen"
        SECONDARY = "secondary", "secondary"
        UNVERIFIED = "unverified", "unverified"
        LOCAL = "local", "local"

    district = models.ForeignKey(District, on_delete=models.CASCADE, db_index=False)
    pack = models.CharField(max_length=40, db_collation="C")
    key = models.CharField(max_length=24, db_collation="C")
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    kind = models.CharField(max_length=24, db_collation="C")
    parameters = models.JSONField(default=dict)
    text_version = models.CharField(max_length=120)
    article = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=12, choices=Status.choices, db_collation="C")
    exemptions = ArrayField(models.CharField(max_length=12), default=list)
    source = models.CharField(max_length=300, blank=True)
    checked_on = models.DateField(null=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    changed_by = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["district", "pack", "key", "valid_from"], name="practice_rule_by_key")
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.name}"


class PracticePack(models.Model):
    """A set of rules of practice: whose it is and what it calls its kinds of body."""

    district = models.ForeignKey(District, on_delete=models.CASCADE, db_index=False)
    key = models.CharField(max_length=40, db_collation="C")
    version = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    kinds = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district", "key"], name="practice_pack_once"),
        ]


class Duty(models.Model):
    """One line of the duty list 党建责任清单: what a role in a body owes, how often, by which day of the year.

    `domain` ties a duty of 一岗双责 to the figures of that domain.
    """

    district = models.ForeignKey(District, on_delete=models.CASCADE, db_index=False)
    pack = models.CharField(max_length=40, db_collation="C")
    key = models.CharField(max_length=24, db_collation="C")
    role = models.CharField(max_length=24, db_collation="C")
    body_kinds = ArrayField(models.CharField(max_length=24), default=list)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    rule = models.CharField(max_length=24, blank=True, db_collation="C")
    every = models.CharField(max_length=12, db_collation="C")
    due = models.CharField(max_length=5, blank=True, db_collation="C")
    domain = models.CharField(max_length=24, blank=True, db_collation="C")

    class Meta:
        indexes = [models.Index(fields=["district", "pack", "key"], name="duty_by_key")]


class Held(models.Model):
    """A meeting that was held, noted by hand; it may be noted late, and then says so.

    `on` is when it happened, `entered_at` when it was written down. No place, picture or
    list of who came belongs to it.
    """

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="held")
    form = models.CharField(max_length=24, db_collation="C")
    on = models.DateField()
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["body", "form", "on"], name="held_by_body")]
        constraints = [
            models.UniqueConstraint(fields=["body", "form", "on"], name="held_once"),
        ]


class MissingReason(models.Model):
    """Why something due was not held in a period, in the body's own words."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="missing")
    rule = models.CharField(max_length=24, db_collation="C")
    period_from = models.DateField()
    reason = models.CharField(max_length=500)
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "rule", "period_from"], name="missing_reason_once"),
        ]
