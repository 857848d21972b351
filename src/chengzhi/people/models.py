"""Accounts, the units they work in, the posts they hold and what a role may do."""

from datetime import date
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chengzhi.places.models import Area, District


class Accounts(BaseUserManager["Account"]):
    """Finds accounts by their log-in name."""

    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.get(username=username)


class Account(AbstractBaseUser):
    """One person's log-in. Rights come from posts, never from the account itself."""

    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=60)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=10, default="zh-hans")
    theme = models.CharField(max_length=8, default="system")
    is_active = models.BooleanField(default=True)
    is_installation_administrator = models.BooleanField(default=False)
    demo = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    deactivated_at = models.DateTimeField(null=True)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = Accounts()

    def __str__(self) -> str:
        return self.name or self.username


class Unit(models.Model):
    """Department, squad 中队, sanitation office 环卫所, working group, contractor …"""

    class Kind(models.TextChoices):
        CENTRE = "centre", _("supervision or command centre")
        BUREAU = "bureau", _("bureau")
        DEPARTMENT = "department", _("department")
        SQUAD = "squad", _("squad")
        DETACHMENT = "detachment", _("detachment")
        SANITATION = "sanitation", _("sanitation office")
        WORKING_GROUP = "working_group", _("working group")
        STREET_OFFICE = "street_office", _("street office")
        CONTRACTOR = "contractor", _("contractor")

    district = models.ForeignKey(District, on_delete=models.CASCADE, related_name="units")
    parent = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="children")
    code = models.CharField(max_length=40, db_collation="C")
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, blank=True)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    credit_code = models.CharField(max_length=18, blank=True)
    handles_cases = models.BooleanField(default=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["district", "code"], name="unit_code_once")]

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """An account holds a role in a unit of a district for a time."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="posts")
    district = models.ForeignKey(District, on_delete=models.CASCADE, related_name="posts")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="posts")
    role = models.CharField(max_length=24)
    areas = models.ManyToManyField(Area, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["account", "district"], name="post_by_account")]


class RolePermission(models.Model):
    """What a role may do in a district from a day on; copied from roles.yaml, edited on pages."""

    district = models.ForeignKey(District, on_delete=models.CASCADE)
    role = models.CharField(max_length=24)
    permission = models.CharField(max_length=40)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["district", "role"], name="permission_by_role")]


class OneTimeLink(models.Model):
    """An invitation or a password reset: works once, until a moment. Only its digest is kept."""

    class Purpose(models.TextChoices):
        INVITE = "invite", _("invitation")
        RESET = "reset", _("password reset")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="links")
    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    digest = models.CharField(max_length=64, unique=True, db_collation="C")
    created_by = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class SignedIn(models.Model):
    """A browser that is signed in: what it is and when it was last used; never where it was."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="signed_in")
    session_key = models.CharField(max_length=40, unique=True, db_collation="C")
    device = models.CharField(max_length=60)
    started_at = models.DateTimeField()
    last_used_at = models.DateTimeField()

    class Meta:
        ordering = ["-last_used_at"]


ALWAYS = date(2000, 1, 1)  # the first day of what counts for every clock


class CalendarDay(models.Model):
    """A day off, or a make-up workday, that a district adds to its published calendar.

    It counts for clocks that are counted from `valid_from` to `valid_to`, first and last day.
    """

    district = models.ForeignKey(District, on_delete=models.CASCADE, related_name="calendar_days")
    date = models.DateField()
    off = models.BooleanField()
    name = models.CharField(max_length=60)
    source = models.CharField(max_length=120, blank=True)
    changed_by = models.BigIntegerField(null=True)
    valid_from = models.DateField(default=ALWAYS)
    valid_to = models.DateField(null=True)

    class Meta:
        ordering = ["date", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["district", "date", "valid_from"], name="calendar_day_from_once")
        ]


class ApiKey(models.Model):
    """A key with which another program calls the API: one role, its scopes, one unit, until it ends.

    The key itself is shown once; the row holds its SHA-256 (the key is 256 random bits,
    so a slow password hash would protect nothing and cost every request).
    """

    district = models.ForeignKey(District, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=60)
    role = models.CharField(max_length=24)
    scopes = ArrayField(models.CharField(max_length=24))
    start = models.CharField(max_length=12, db_collation="C")
    digest = models.BinaryField()
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="api_keys")
    last_used_on = models.DateField(null=True)
    created_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT)
    created_at = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["digest"], name="staff_key_once")]
        indexes = [
            models.Index(fields=["district"], name="staff_key_in_force", condition=Q(revoked_at__isnull=True))
        ]

    def __str__(self) -> str:
        return self.name
