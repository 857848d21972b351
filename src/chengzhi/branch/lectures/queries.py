"""Reads of lectures: what a person may see, one page of it, what is to be looked at again."""

from datetime import date

from django.db.models import QuerySet

from chengzhi.branch.lectures.figures import LOOKED_AT
from chengzhi.branch.lectures.life import COMMITTEE, MEMBER
from chengzhi.branch.lectures.models import Decision, Lecture
from chengzhi.branch.lectures.problems import NoSuchLecture
from chengzhi.branch.organisation.models import Body, Exemption
from chengzhi.branch.organisation.practice import rules_in_force
from chengzhi.branch.organisation.queries import members_in
from chengzhi.branch.organisation.rules import in_force, standing_of
from chengzhi.people.actor import Actor

PAGE = 50
AGED_OR_ILL = "B-25"


def lectures(actor: Actor) -> QuerySet[Lecture]:
    """The lectures of the bodies a person belongs to or leads; all of them for the program itself."""
    rows = Lecture.objects.select_related("body", "speaker", "area", "district").defer(
        "district__outline", "area__outline"
    )
    if actor.kind == "system":
        return rows
    return rows.filter(body_id__in=standing_of(actor).where(MEMBER))


def lecture(number: str, *, by: Actor) -> Lecture:
    """One lecture. Raises NoSuchLecture also for one of another body."""
    found = lectures(by).filter(number=number).first()
    if found is None:
        raise NoSuchLecture.numbered(number)
    return found


def narrowed(
    actor: Actor, *, state: str = "", domain: str = "", body_id: int | None = None
) -> QuerySet[Lecture]:
    """The lectures wanted, newest first (index lecture_by_body); each empty one shows all."""
    rows = lectures(actor)
    rows = rows.filter(state=state) if state else rows
    rows = rows.filter(domain=domain) if domain else rows
    rows = rows.filter(body_id=body_id) if body_id else rows
    return rows.order_by("-id")


def page(rows: QuerySet[Lecture], after: int | None = None, size: int = PAGE) -> tuple[list[Lecture], int]:
    """One page below lecture `after`, and the id after which the next begins (0: none)."""
    found = list((rows.filter(pk__lt=after) if after else rows)[: size + 1])
    return found[:size], found[size - 1].pk if len(found) > size else 0


def planning_bodies(actor: Actor) -> QuerySet[Body]:
    """The bodies in which a person may plan a lecture."""
    return Body.objects.filter(pk__in=standing_of(actor).where(COMMITTEE), valid_to=None).order_by("code")


def decisions(one: Lecture) -> QuerySet[Decision]:
    """What the groups decided, with what was seen before and after."""
    return (
        one.decisions.select_related("responsible").prefetch_related("sights").order_by("look_again_on", "pk")
    )


def to_look_again(actor: Actor, day: date) -> QuerySet[Lecture]:
    """Lectures of the person's bodies in which an agreed day is over and nobody has looked again."""
    due = Decision.objects.filter(look_again_on__lt=day, lecture__state=LOOKED_AT[0]).values("lecture")
    return lectures(actor).filter(pk__in=due).order_by("pk")


def should_attend(body_id: int, district_id: int, day: date) -> int:
    """应到: the members of a body, without those of whom B-25 asks nothing."""
    body = Body.objects.get(pk=body_id)
    known = {one.key: one for one in rules_in_force(district_id, body.pack, day)}
    reasons = known[AGED_OR_ILL].exemptions if AGED_OR_ILL in known else []
    left_out = Exemption.objects.filter(in_force(day), reason__in=reasons).values_list("member_id", flat=True)
    return len({one.pk for one in members_in(body_id, day)} - set(left_out))
