"""Writes about accounts and posts. Each leaves a row in the ledger, without personal values."""

import re
import secrets
import unicodedata
from datetime import date, datetime
from typing import Any

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import gettext as _

from chengzhi.ledger.actions import record
from chengzhi.people import links, problems
from chengzhi.people.actor import Actor
from chengzhi.people.models import Account, OneTimeLink, Post, RolePermission, SignedIn, Unit
from chengzhi.people.permissions import ALL
from chengzhi.people.queries import administrators, in_force
from chengzhi.people.roles import role as known_role
from chengzhi.people.roles import roles
from chengzhi.places.models import District

USER_NAME = re.compile(r"[\w.@+-]{2,60}\Z")


OFFERED = "permissions_offered"
"""Key of a district's settings: the permissions it was offered; what is missing came with a newer release."""


@transaction.atomic
def ensure_roles(*, district_id: int, since: date) -> int:
    """Copy the shipped roles into a district's dated table: of roles it has no row of, everything; of the
    others only permissions it was never offered, because they came with a newer release.

    Returns the number of rows written. What an administrator has changed stays.
    """
    held = list(RolePermission.objects.filter(district_id=district_id).values_list("role", "permission"))
    district = District.objects.select_for_update().only("settings").get(pk=district_id)
    offered = set(district.settings.get(OFFERED) or {permission for _role, permission in held})
    present = {role for role, _permission in held}
    rows = [
        RolePermission(district_id=district_id, role=key, permission=permission, valid_from=since)
        for key, role in roles().items()
        for permission in sorted(role.permissions)
        if key not in present or permission not in offered
    ]
    if offered != ALL or OFFERED not in district.settings:
        district.settings[OFFERED] = sorted(ALL)
        district.save(update_fields=["settings"])
    return len(RolePermission.objects.bulk_create(rows))


def user_name(text: str) -> str:
    """A user name in one spelling (NFKC, no blanks around). Raises BadUserName."""
    name = unicodedata.normalize("NFKC", text).strip()
    if not USER_NAME.match(name):
        raise problems.BadUserName(
            _("“%(name)s” cannot be a user name.") % {"name": text[:60]},
            _("It needs 2 to 60 letters, digits or one of . @ + - _"),
            _("Choose another one, such as a work number."),
        )
    return name


@transaction.atomic
def invite(
    *,
    name: str,
    email: str = "",
    district_id: int,
    unit_id: int,
    role: str,
    valid_from: date,
    valid_to: date | None = None,
    by: Actor,
    on: datetime,
) -> tuple[Account, str]:
    """A new account that cannot log in yet, its first post, and the token of its invitation."""
    account = _waiting_account(name, email, on)
    add_post(
        account=account,
        district_id=district_id,
        unit_id=unit_id,
        role=role,
        valid_from=valid_from,
        valid_to=valid_to,
        by=by,
        on=on,
    )
    note(account, "invited", by, on, district_id)
    token = links.create(account=account, purpose=OneTimeLink.Purpose.INVITE, by=by.account_id, on=on)
    return account, token


@transaction.atomic
def invite_administrator(*, by: Actor, on: datetime) -> str:
    """The address (path) of a one-time link that makes the installation's first administrator.

    An invitation that was never used is replaced by the new one.
    """
    waiting = Account.objects.filter(
        is_installation_administrator=True, is_active=False, deactivated_at=None
    ).first()
    account = waiting or _waiting_account(_("Administrator"), "", on, is_installation_administrator=True)
    note(account, "invited", by, on)
    return links.path(
        links.create(account=account, purpose=OneTimeLink.Purpose.INVITE, by=by.account_id, on=on)
    )


def _waiting_account(name: str, email: str, on: datetime, **facts: Any) -> Account:
    account = Account(
        username=f"invited-{secrets.token_hex(6)}",
        name=name.strip(),
        email=email.strip(),
        is_active=False,
        created_at=on,
        **facts,
    )
    account.set_unusable_password()
    account.save()
    return account


@transaction.atomic
def accept_invitation(*, token: str, username: str, name: str, password: str, on: datetime) -> Account:
    """The invited person sets user name, name and password. Raises LinkNotValid, NameTaken."""
    link = links.find(token, on=on, lock=True)
    account = link.account
    account.username = free_user_name(username, account.pk)
    account.name = name.strip()
    account.is_active = True
    account.set_password(password)
    account.save()
    _use(link, on)
    note(account, "accepted", _self(account), on)
    return account


@transaction.atomic
def set_password_by_link(*, token: str, password: str, on: datetime) -> Account:
    """A new password by a reset link; every browser that was signed in is signed out."""
    link = links.find(token, on=on, lock=True)
    link.account.set_password(password)
    link.account.save(update_fields=["password"])
    _use(link, on)
    end_sessions(account=link.account)
    note(link.account, "password_reset", _self(link.account), on)
    return link.account


def free_user_name(text: str, account_id: int | None = None) -> str:
    """The user name in its spelling if nobody else has it. Raises BadUserName, NameTaken."""
    name = user_name(text)
    if Account.objects.filter(username__iexact=name).exclude(pk=account_id or 0).exists():
        raise problems.NameTaken(
            _("The user name “%(name)s” is taken.") % {"name": name},
            _("Every account has its own."),
            _("Choose another one."),
        )
    return name


def _use(link: OneTimeLink, on: datetime) -> None:
    link.used_at = on
    link.save(update_fields=["used_at"])


@transaction.atomic
def reset_link(*, account: Account, by: Actor, on: datetime) -> str:
    """The token of a link with which the person sets a new password (or accepts, if not yet done)."""
    waiting = not account.is_active and not account.has_usable_password()
    purpose = OneTimeLink.Purpose.INVITE if waiting else OneTimeLink.Purpose.RESET
    note(account, "link_made", by, on)
    return links.create(account=account, purpose=purpose, by=by.account_id, on=on)


@transaction.atomic
def change_password(*, account: Account, password: str, on: datetime) -> None:
    """The person's own new password; the page keeps its session, the others end."""
    account.set_password(password)
    account.save(update_fields=["password"])
    note(account, "password_changed", _self(account), on)


@transaction.atomic
def deactivate(*, account: Account, by: Actor, on: datetime) -> None:
    """No log-in from now on, all sessions end; posts and history stay. Raises LastAdministrator."""
    others = administrators(on).exclude(pk=account.pk)
    if account.pk in administrators(on).values_list("pk", flat=True) and not others.exists():
        raise problems.LastAdministrator(
            _("This is the last account that can manage accounts."),
            _("Without it nobody could let anybody in."),
            _("Give another account the post of administrator first."),
        )
    Account.objects.filter(pk=account.pk).update(is_active=False, deactivated_at=on)
    OneTimeLink.objects.filter(account=account, used_at=None).delete()
    end_sessions(account=account)
    note(account, "deactivated", by, on)


@transaction.atomic
def reactivate(*, account: Account, by: Actor, on: datetime) -> None:
    """The account may log in again with its old password."""
    Account.objects.filter(pk=account.pk).update(is_active=True, deactivated_at=None)
    note(account, "reactivated", by, on)


@transaction.atomic
def add_post(
    *,
    account: Account,
    district_id: int,
    unit_id: int,
    role: str,
    valid_from: date,
    valid_to: date | None = None,
    by: Actor,
    on: datetime,
) -> Post:
    """A post for a time. Raises UnknownRole, WrongUnit, BadPeriod, AlreadyHeld."""
    known_role(role)
    _check_post(account, district_id, unit_id, role, valid_from, valid_to)
    post = Post.objects.create(
        account=account,
        district_id=district_id,
        unit_id=unit_id,
        role=role,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    facts = {"post": post.pk, "role": role, "unit": unit_id, "from": valid_from, "to": valid_to}
    note(account, "post_given", by, on, district_id, facts)
    return post


def _check_post(
    account: Account, district_id: int, unit_id: int, role: str, first: date, last: date | None
) -> None:
    if not Unit.objects.filter(pk=unit_id, district_id=district_id, active=True).exists():
        raise problems.WrongUnit(
            _("This unit is not in use in the district."), "", _("Choose a unit of the list.")
        )
    if last is not None and last < first:
        raise problems.BadPeriod(_("The last day lies before the first."), "", _("Correct one of the days."))
    same = Post.objects.filter(account=account, district_id=district_id, unit_id=unit_id, role=role)
    overlap = same.filter(in_force(first)) | same.filter(valid_from__gt=first)
    if overlap.exists():
        raise problems.AlreadyHeld(
            _("The account holds this post at that time already."), "", _("End that post first.")
        )


@transaction.atomic
def end_post(*, post: Post, last_day: date, by: Actor, on: datetime) -> None:
    """The post ends with `last_day`; it counts on that day still. Raises BadPeriod."""
    if last_day < post.valid_from:
        raise problems.BadPeriod(
            _("The last day lies before the first."), "", _("Choose a day from the first one on.")
        )
    post.valid_to = last_day
    post.save(update_fields=["valid_to"])
    facts = {"post": post.pk, "role": post.role, "unit": post.unit_id, "to": last_day}
    note(post.account, "post_ended", by, on, post.district_id, facts)


def end_sessions(*, account: Account, except_key: str = "") -> int:
    """Sign the account out in every browser but one; returns in how many."""
    rows = SignedIn.objects.filter(account=account).exclude(session_key=except_key)
    keys = list(rows.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    rows.delete()
    return len(keys)


def note(
    account: Account,
    step: str,
    by: Actor,
    on: datetime,
    district_id: int | None = None,
    facts: dict[str, Any] | None = None,
) -> None:
    """One ledger row about an account: numbers and codes, never a name."""
    record(
        district_id=district_id,
        thing="account",
        thing_id=account.pk,
        step=step,
        before=None,
        after=None,
        by=by,
        on=on,
        facts=facts or {},
    )


def _self(account: Account) -> Actor:
    return Actor(account.pk, str(account), None)
