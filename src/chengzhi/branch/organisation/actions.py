"""Keeping the list of members: admit, make formal, move, end, give a role, exempt; noting what was held.

Rows end, they do not vanish. A row entered by mistake is annulled: it then ends before it begins
and counts on no day. The record says who changed which row, never a name.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from chengzhi.branch.organisation.models import Body, BodyRole, Exemption, Held, Member, Membership
from chengzhi.branch.organisation.problems import AlreadyMember, BadMemberChange, BadMemberDay, NoSuchPlace
from chengzhi.branch.organisation.rules import in_force, roles_in_body
from chengzhi.ledger.actions import record
from chengzhi.people.actor import Actor
from chengzhi.people.models import Account, Post
from chengzhi.people.rules import require

MANAGE = "branch.manage"
THING = "body"
DAY = timedelta(days=1)


@transaction.atomic
def admit(
    *, body: Body, name: str, account: Account | None, standing: str, since: date, by: Actor, on: datetime
) -> Membership:
    """Enter a person as a member of a body; the person's earlier rows in the district are kept.

    Raises NotAllowed, NoSuchPlace (an account without a post here), BadMemberChange, AlreadyMember.
    """
    _may(by, body.district_id)
    if (
        account is not None
        and not Post.objects.filter(account=account, district_id=body.district_id).exists()
    ):
        raise NoSuchPlace(_("This account has no post in the district."), "", _("Give it a post first."))
    words = " ".join(name.split()) or (account.name if account else "")
    if not words or len(words) > 60 or standing not in Membership.Standing.values:
        raise BadMemberChange(_("A member has a name of at most 60 signs and a standing."))
    member = Member.objects.filter(district_id=body.district_id, account=account).first() if account else None
    if member is None:
        member = Member.objects.create(
            district_id=body.district_id, account=account, name=words, valid_from=since
        )
    row = _joined(body, member, standing, since)
    _noted("admit", body, row, by, on)
    return row


def _joined(body: Body, member: Member, standing: str, since: date) -> Membership:
    if Membership.objects.filter(in_force(since), body=body, member=member).exists():
        raise AlreadyMember(
            _("This person belongs to the body on %(day)s already.") % {"day": since}, "",
            _("Open the row in the list and change that one."),
        )  # fmt: skip
    return Membership.objects.create(body=body, member=member, standing=standing, valid_from=since)


@transaction.atomic
def make_formal(row: Membership, *, since: date, by: Actor, on: datetime) -> Membership:
    """From a day on the person is a formal member; the time before stays probationary.

    Raises NotAllowed, BadMemberChange, BadMemberDay.
    """
    _may(by, row.body.district_id)
    if row.standing == Membership.Standing.FORMAL:
        raise BadMemberChange(_("This person is a formal member already."))
    _end(row, since - DAY)
    made = Membership.objects.create(
        body=row.body, member=row.member, standing=Membership.Standing.FORMAL, valid_from=since
    )
    _noted("make_formal", row.body, made, by, on)
    return made


@transaction.atomic
def move(row: Membership, *, to: Body, since: date, by: Actor, on: datetime) -> Membership:
    """From a day on the person belongs to another body; roles in the old one end.

    Raises NotAllowed, NoSuchPlace (a body of another district), AlreadyMember, BadMemberDay.
    """
    _may(by, row.body.district_id)
    if to.district_id != row.body.district_id:
        raise NoSuchPlace(_("There is no such body in this district."))
    _end(row, since - DAY)
    _end_roles(row, since - DAY)
    made = _joined(to, row.member, row.standing, since)
    _noted("move", row.body, made, by, on, to=to.pk)
    return made


@transaction.atomic
def leave(row: Membership, *, last: date, by: Actor, on: datetime) -> None:
    """The membership and its roles end with a day. Raises NotAllowed, BadMemberDay."""
    _may(by, row.body.district_id)
    _end(row, last)
    _end_roles(row, last)
    _noted("leave", row.body, row, by, on, last=last.isoformat())


@transaction.atomic
def annul(row: Membership | BodyRole | Exemption, *, by: Actor, on: datetime) -> None:
    """A row entered by mistake: it stays to be seen and counts on no day. Raises NotAllowed."""
    body = _body_of(row)
    _may(by, body.district_id)
    row.valid_to = row.valid_from - DAY
    row.save(update_fields=["valid_to"])
    _noted("annul", body, row, by, on)


@transaction.atomic
def give_role(row: Membership, *, role: str, since: date, by: Actor, on: datetime) -> BodyRole:
    """A role in the body from a day on. Raises NotAllowed, BadMemberChange, BadMemberDay."""
    _may(by, row.body.district_id)
    _covers(row, since)
    held = BodyRole.objects.filter(in_force(since), body=row.body, member=row.member, role=role)
    if role not in roles_in_body() or role == "member" or held.exists():
        raise BadMemberChange(_("There is no such role, or it is held already."))
    made = BodyRole.objects.create(body=row.body, member=row.member, role=role, valid_from=since)
    _noted("give_role", row.body, made, by, on, role=role)
    return made


@transaction.atomic
def end_role(held: BodyRole, *, last: date, by: Actor, on: datetime) -> None:
    """A role ends with a day. Raises NotAllowed, BadMemberDay."""
    _may(by, held.body.district_id)
    _end(held, last)
    _noted("end_role", held.body, held, by, on, role=held.role)


@transaction.atomic
def exempt(
    row: Membership, *, reason: str, since: date, until: date | None, by: Actor, on: datetime
) -> Exemption:
    """A time in which duties are not asked of a person; only the kind of reason is kept (B-25).

    Raises NotAllowed, BadMemberChange, BadMemberDay.
    """
    _may(by, row.body.district_id)
    if reason not in Exemption.Reason.values:
        raise BadMemberChange(_("This reason is none of the list."))
    if until is not None and until < since:
        raise _bad_day(since)
    made = Exemption.objects.create(member=row.member, reason=reason, valid_from=since, valid_to=until)
    _noted("exempt", row.body, made, by, on)  # the reason stays out of the record
    return made


@transaction.atomic
def note_held(
    *, body: Body, form: str, held_on: date, by: Actor, on: datetime, member: Member | None = None
) -> Held:
    """That a meeting of a form was held on a day; twice is once. The caller has asked who may.

    The calendar of what is due reads this. Raises BadMemberDay for a day to come.
    """
    if held_on > by.day:
        raise _bad_day(held_on)
    made, _new = Held.objects.get_or_create(
        body=body, form=form, on=held_on, defaults={"entered_at": on, "entered_by": member}
    )
    return made


def _may(by: Actor, district_id: int) -> None:
    require(by, MANAGE)
    if by.kind != "system" and by.district_id != district_id:
        raise NoSuchPlace(_("There is no such body in this district."))


def _covers(row: Membership, day: date) -> None:
    if day < row.valid_from or (row.valid_to is not None and day > row.valid_to):
        raise _bad_day(day)


def _end(row: Membership | BodyRole, last: date) -> None:
    """End a row; its last day may be the eve of its first, which leaves no day."""
    if last < row.valid_from - DAY or (row.valid_to is not None and last > row.valid_to):
        raise _bad_day(last)
    row.valid_to = last
    row.save(update_fields=["valid_to"])


def _end_roles(row: Membership, last: date) -> None:
    held = BodyRole.objects.filter(in_force(last + DAY), body=row.body, member=row.member)
    held.update(valid_to=last)


def _bad_day(day: date) -> BadMemberDay:
    return BadMemberDay(
        _("The day %(day)s does not fit.") % {"day": day},
        _("It lies before the row begins, or after it ended."),
        _("Choose another day; a row entered by mistake is annulled."),
    )


def _body_of(row: Membership | BodyRole | Exemption) -> Body:
    if not isinstance(row, Exemption):
        return row.body
    last = Membership.objects.filter(member=row.member).select_related("body").order_by("-valid_from").first()
    if last is None:
        raise NoSuchPlace(_("There is no such body in this district."))
    return last.body


def _noted(step: str, body: Body, row: Any, by: Actor, on: datetime, **facts: Any) -> None:
    """In the record: the row and its days, never a name."""
    record(
        district_id=body.district_id, thing=THING, thing_id=body.pk, step=step, by=by, on=on,
        facts={"row": row.pk, "kind": type(row).__name__.lower(), "member": row.member_id, **facts},
    )  # fmt: skip
