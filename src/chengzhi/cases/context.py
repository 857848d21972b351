"""What checks and changes look up for one move, each at most once."""

from collections.abc import Iterable

from chengzhi.cases.habits import Habits, habits
from chengzhi.cases.models import Case, CaseRequest, CaseType, Task
from chengzhi.lifecycle.workings import Move
from chengzhi.people.models import Post, Unit
from chengzhi.places.models import Area


def of(move: Move) -> Habits:
    """The habits of the case's district."""
    return habits(move.thing.district_id)


def open_tasks(move: Move) -> list[Task]:
    """The case's tasks that are neither done nor cancelled."""
    tasks: list[Task] = move.recall(
        "tasks",
        lambda: list(Task.objects.filter(case_id=move.thing.pk, done_at=None, cancelled_at=None)),
    )
    return tasks


def task(move: Move, kind: str) -> Task | None:
    """The open task of a kind."""
    return next((task for task in open_tasks(move) if task.kind == kind), None)


def requests(move: Move) -> list[CaseRequest]:
    """Everything that was ever asked for on the case, oldest first."""
    found: list[CaseRequest] = move.recall(
        "requests", lambda: list(CaseRequest.objects.filter(case_id=move.thing.pk).order_by("id"))
    )
    return found


def open_request(move: Move, *kinds: str) -> CaseRequest | None:
    """The request that waits for a decision, of one of the kinds (any without)."""
    waiting = (r for r in requests(move) if not r.decision and (not kinds or r.kind in kinds))
    return next(waiting, None)


def unit(move: Move) -> Unit | None:
    """The unit that is stated."""
    number: int = move.facts["unit"]
    found: Unit | None = move.recall(f"unit {number}", lambda: Unit.objects.filter(pk=number).first())
    return found


def other(move: Move) -> Case | None:
    """The other case that is stated."""
    number: int = move.facts["other"]
    found: Case | None = move.recall(f"case {number}", lambda: Case.objects.filter(pk=number).first())
    return found


def case_type(move: Move) -> CaseType | None:
    """The type that is stated."""
    number: int = move.facts["type"]
    found: CaseType | None = move.recall(f"type {number}", lambda: CaseType.objects.filter(pk=number).first())
    return found


def posts(move: Move) -> list[Post]:
    """The posts the stated person holds in the district on the day."""
    day, number = of(move).day(move.on), int(move.facts["account"])
    return move.recall(  # type: ignore[no-any-return]
        f"posts {number}",
        lambda: [
            post
            for post in Post.objects.filter(
                account_id=number,
                account__is_active=True,
                district_id=move.thing.district_id,
            )
            if post.valid_from <= day and (post.valid_to is None or post.valid_to >= day)
        ],
    )


def area_class(area_id: int | None) -> int | None:
    """The class of an area, on which limits may depend."""
    if area_id is None:
        return None
    return Area.objects.filter(pk=area_id).values_list("area_class", flat=True).first()


def below(unit_id: int | None) -> set[int]:
    """A unit and the units below it."""
    found: set[int] = set()
    level: Iterable[int] = [unit_id] if unit_id is not None else []
    while level := [number for number in level if number not in found]:
        found.update(level)
        level = list(Unit.objects.filter(parent_id__in=level).values_list("pk", flat=True))
    return found
