"""Hours of study: whether the legal minimum is met, not met, or not asked, and nothing else.

Hours are added up to judge a minimum and are then forgotten: no sum leaves this module. A person
sees his own lines; who leads the body sees the words met, not met or exempt, by name. Those
exempt are in no denominator.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet, Sum
from django.utils.translation import gettext as _

from chengzhi.branch.lectures import queries
from chengzhi.branch.lectures.life import LEAD, MEMBER
from chengzhi.branch.lectures.models import Lecture, StudyLine
from chengzhi.branch.lectures.problems import BadHours, NotNow, NotYourLine
from chengzhi.branch.lectures.workings import today
from chengzhi.branch.organisation.models import Body, Exemption, Member, Membership, PracticeRule
from chengzhi.branch.organisation.practice import Verdict, hours, rules_in_force
from chengzhi.branch.organisation.queries import members_in
from chengzhi.branch.organisation.rules import in_force, member_of, require, standing_of
from chengzhi.ledger.actions import record
from chengzhi.people.actor import Actor

MOST = 1000
"""Hours of one line: more is a slip of the pen."""
HELD = ("held", "followed_up", "closed")


@dataclass(frozen=True, slots=True)
class Standing:
    """One person and what each rule that asks of him says."""

    member: Member
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """How many of those a rule asks have met it; the exempt are in neither number."""

    rule: PracticeRule
    asked: int
    met: int
    exempt: int


def rules_of_study(district_id: int, pack: str, day: date) -> list[PracticeRule]:
    """The rules of hours in force."""
    return [one for one in rules_in_force(district_id, pack, day) if one.kind == "hours"]


def asks(rule: PracticeRule, member: Member) -> bool:
    """Whether a rule is about this person: of everybody, or of the staff categories it names."""
    categories = rule.parameters.get("staff")
    return categories is None or member.staff_category in categories


def span(rule: PracticeRule, day: date) -> tuple[date, date]:
    """First and last day whose hours count on a day: its year, or so many years that end with it."""
    years = int(rule.parameters.get("years", 1))
    return date(day.year - years + 1, 1, 1), date(day.year, 12, 31)


def of_members(members: Sequence[Member], rules: Iterable[PracticeRule], day: date) -> list[Standing]:
    """What each rule says of each person, in the order given: one statement a rule, one for exemptions."""
    found: dict[int, list[Verdict]] = {one.pk: [] for one in members}
    exempt = _exempt(found.keys(), day)
    for rule in rules:
        done = _done(found.keys(), span(rule, day))
        for one in members:
            if asks(rule, one):
                why = next((reason for reason in exempt.get(one.pk, ()) if reason in rule.exemptions), "")
                found[one.pk].append(hours(rule, done=done.get(one.pk, 0.0), exempt=why))
    return [Standing(one, tuple(found[one.pk])) for one in members]


def _exempt(members: Collection[int], day: date) -> Mapping[int, list[str]]:
    rows = Exemption.objects.filter(in_force(day), member_id__in=list(members)).order_by("pk")
    found: dict[int, list[str]] = {}
    for member, reason in rows.values_list("member_id", "reason"):
        found.setdefault(member, []).append(reason)
    return found


def _done(members: Collection[int], days: tuple[date, date]) -> dict[int, float]:
    rows = StudyLine.objects.filter(member_id__in=list(members), on__range=days).order_by()
    summed = rows.values("member_id").annotate(all=Sum("hours"))
    return {row["member_id"]: float(row["all"]) for row in summed}


def of_body(body: Body, day: date) -> tuple[list[Standing], list[Share]]:
    """The members of a body by name, and the share of each rule without the exempt."""
    rules = rules_of_study(body.district_id, body.pack, day)
    standings = of_members(members_in(body.pk, day), rules, day)
    shares = [_share(rule, standings) for rule in rules]
    return standings, [one for one in shares if one.asked or one.exempt]


def _share(rule: PracticeRule, standings: Iterable[Standing]) -> Share:
    said = [one.holds for standing in standings for one in standing.verdicts if one.rule.pk == rule.pk]
    return Share(rule, len(said) - said.count(None), said.count(True), said.count(None))


def of_actor(actor: Actor) -> list[Standing]:
    """What is said of the person himself today; empty for somebody who is no member."""
    member = member_of(actor)
    if member is None:
        return []
    own = Membership.objects.filter(in_force(actor.day), member=member).values_list("body__pack", flat=True)
    packs = sorted(set(own))
    rules = [rule for pack in packs for rule in rules_of_study(member.district_id, pack, actor.day)]
    return of_members([member], rules, actor.day)


def own_lines(actor: Actor) -> QuerySet[StudyLine]:
    """The person's own lines, newest first."""
    member = member_of(actor)
    rows = StudyLine.objects.filter(member=member) if member else StudyLine.objects.none()
    return rows.select_related("lecture").order_by("-on", "-pk")


def entered_by(actor: Actor) -> QuerySet[StudyLine]:
    """The lines the person entered for others, newest first, to be taken out again after a slip."""
    rows = StudyLine.objects.filter(entered_by=actor.account_id or 0).exclude(
        member__account_id=actor.account_id or 0
    )
    return rows.select_related("member").order_by("-entered_at", "-pk")


def led_bodies(actor: Actor) -> QuerySet[Body]:
    """The bodies whose standing a person may see."""
    return Body.objects.filter(in_force(actor.day), pk__in=standing_of(actor).where(LEAD)).order_by("code")


def may_enter_for(actor: Actor, member: Member) -> bool:
    """Whether it is the person himself, or somebody in a body he leads."""
    own = member_of(actor)
    if own is not None and own.pk == member.pk:
        return True
    rows = Membership.objects.filter(
        in_force(actor.day), member=member, body_id__in=standing_of(actor).where(LEAD)
    )
    return rows.exists()


def enter(
    member: Member, *, title: str, course_on: date, amount: Decimal, by: Actor, on: datetime
) -> StudyLine:
    """Enter hours of a course elsewhere. Raises NotYourLine, BadHours."""
    if not may_enter_for(by, member):
        raise NotYourLine(_("You may enter your own hours, or those of a body you lead."))
    if not title.strip():
        raise BadHours(_("The course has no name."))
    if course_on > today(member.district_id, on):
        raise BadHours(_("The course lies in days to come."))
    return _put(StudyLine(member=member, on=course_on, title=title.strip()[:120], hours=amount), by, on)


@transaction.atomic
def credit(number: str, members: Sequence[Member], *, by: Actor, on: datetime) -> int:
    """Enter the hours of a lecture that was held; who has them already is left as he is.

    A member enters it for himself, the secretary for others. Returns how many lines are new.
    Raises NoSuchLecture, NotAllowed, NotNow, NotYourLine.
    """
    lecture = queries.lecture(number, by=by)
    require(by, MEMBER, lecture)
    if lecture.state not in HELD or not lecture.hours:
        raise NotNow(_("This lecture was not held yet, or counts for no hours."))
    own, there = member_of(by), {one.pk for one in members_in(lecture.body_id, lecture.held_on or by.day)}
    leads = lecture.body_id in standing_of(by).where(LEAD)
    if any(one.pk not in there or not (leads or (own is not None and own.pk == one.pk)) for one in members):
        raise NotYourLine(_("You may enter your own hours, or those of members of a body you lead."))
    new = sum(_credited(lecture, one, by, on) for one in members)
    if new:  # that it was held cannot be taken back any more
        Lecture.objects.filter(pk=lecture.pk).update(version=F("version") + 1, updated_at=on)
    return new


def _credited(lecture: Lecture, member: Member, by: Actor, on: datetime) -> int:
    if (
        lecture.held_on is None
        or lecture.hours is None
        or StudyLine.objects.filter(member=member, lecture=lecture).exists()
    ):
        return 0
    title = f"{lecture.number} {lecture.theme}"[:120]
    _put(
        StudyLine(member=member, on=lecture.held_on, title=title, hours=lecture.hours, lecture=lecture),
        by,
        on,
    )
    return 1


def _put(line: StudyLine, by: Actor, on: datetime) -> StudyLine:
    if not 0 < line.hours <= MOST:
        raise BadHours(_("The hours must be above 0 and at most %(most)d.") % {"most": MOST})
    line.entered_by, line.entered_at = by.account_id, on
    try:
        with transaction.atomic():
            line.save(force_insert=True)
            _record(line, "enter", by, on)
    except IntegrityError:
        raise BadHours(
            _("This course of that day is entered already."),
            "",
            _("Take the earlier line out to correct it."),
        ) from None
    return line


def _record(line: StudyLine, step: str, by: Actor, on: datetime) -> None:
    """That a line was entered or taken out; neither its hours nor its name."""
    record(
        district_id=line.member.district_id, thing="study_line", thing_id=line.pk, step=step, by=by, on=on,
        facts={"member": line.member_id},
    )  # fmt: skip


@transaction.atomic
def take_out(line_id: int, *, by: Actor, on: datetime) -> None:
    """Take out a line of one's own, or one that one entered for another. Raises NotYourLine."""
    line = StudyLine.objects.select_related("member").filter(pk=line_id).first()
    member = member_of(by)
    own = line is not None and member is not None and line.member_id == member.pk
    if line is None or not (own or (line.entered_by is not None and line.entered_by == by.account_id)):
        raise NotYourLine(_("There is no such line of yours."))
    _record(line, "take_out", by, on)
    line.delete()
