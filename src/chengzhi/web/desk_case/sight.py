"""All that the case page shows, read in a fixed number of queries however long the case's life was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.utils.translation import get_language, pgettext

from chengzhi.cases import clocks
from chengzhi.cases.beside import Panel, panels
from chengzhi.cases.handover import HANDOVER_LIFE, of_case
from chengzhi.cases.history import Told, history
from chengzhi.cases.models import Case, CaseLimit, CaseLink, CasePhoto, CaseRequest, HandOver, Sighting, Task
from chengzhi.cases.rules import may
from chengzhi.cases.states import ENDS, STAGE_OF
from chengzhi.domains import DOMAINS
from chengzhi.domains.domain import outcomes
from chengzhi.law.units import Limit
from chengzhi.ledger.models import Entry
from chengzhi.people.actor import Actor
from chengzhi.people.models import Account
from chengzhi.reports.models import Report
from chengzhi.reports.revealing import may_reveal
from chengzhi.web.desk.asking import english, name_of, state_words
from chengzhi.web.desk.cells import channel_words
from chengzhi.web.desk_case.nearby import nearby
from chengzhi.web.desk_case.offers import Offers, offers
from chengzhi.web.desk_case.photos import photos_of, stage_words
from chengzhi.web.imports.showing import flag_words

NUMBER_TYPES = frozenset(code for domain in DOMAINS for code in domain.number_types)
MOST = 50
"""Related cases shown on the page."""


@dataclass(frozen=True)
class Shown:
    """A photo with what it shows in words."""

    photo: CasePhoto
    words: str
    after: bool


@dataclass(frozen=True)
class Relative:
    """Another case and how it belongs to this one."""

    how: str
    case: Case
    state: str


@dataclass(frozen=True)
class Waiting:
    """A request with the name of who asked."""

    request: CaseRequest
    kind: str
    asked_by: str
    decision: str


@dataclass(frozen=True)
class Said:
    """A report, and whether this person may ask to see who sent it."""

    report: Report
    channel: str
    contact: bool
    erased: bool
    may_reveal: bool


class Sight:
    """One case as one person sees it at one moment; everything is read when first asked for."""

    def __init__(self, case: Case, actor: Actor, now: datetime) -> None:
        self.case, self.actor, self.now = case, actor, now
        self.language = get_language() or "zh"

    @cached_property
    def beside(self) -> list[Panel]:
        """What the domain wants seen beside such a case, for those who may see registers."""
        if "register.view" not in self.actor.permissions:
            return []
        return panels(self.case, on=self.now, language=self.language)

    @cached_property
    def posted(self) -> list[Sighting] | None:
        """The posted numbers noted on the case; None where its matter shows none, or they are not for this person."""
        code = self.case.type.code if self.case.type else ""
        if "register.view" not in self.actor.permissions or code not in NUMBER_TYPES:
            return None
        return list(Sighting.objects.filter(case=self.case).select_related("party").order_by("id"))

    @cached_property
    def may_hand_over(self) -> bool:
        """Whether this person may give the case to another authority; an ended one is not given."""
        return not self.ended and may(self.actor, "case.hand_over", self.case)

    @cached_property
    def hand_overs(self) -> list[tuple[HandOver, str]]:
        """What other authorities were given of this case, with the state in words."""
        return [(one, HANDOVER_LIFE.state_words(one.state, self.language)) for one in of_case(self.case.pk)]

    @cached_property
    def state(self) -> str:
        """The state in words."""
        return state_words(self.case.state)

    @cached_property
    def ended(self) -> bool:
        """Whether the case's life is over."""
        return self.case.state in ENDS

    @cached_property
    def lamp(self) -> str:
        """The lamp of the running clock."""
        return clocks.lamp(self.case, self.now) if not self.ended else ""

    @cached_property
    def stage(self) -> str:
        """The task whose clock runs, in words."""
        stage = STAGE_OF.get(self.case.state)
        return str(Task.Kind(stage).label) if stage else ""

    @cached_property
    def why(self) -> str:
        """How the running deadline came about."""
        return clocks.explain(self.case, self.language)

    @cached_property
    def why_handled(self) -> str:
        """How the handling limit came about, where another clock runs by now."""
        handled = self.case.due_at is not None and STAGE_OF.get(self.case.state) != "handle"
        return clocks.explain(self.case, self.language, "handle") if handled else ""

    @cached_property
    def limit(self) -> str:
        """The handling limit in words."""
        case = self.case
        return Limit(case.limit_amount, case.limit_unit).say(self.language[:2]) if case.limit_amount else ""

    @cached_property
    def channel(self) -> str:
        """How it came in."""
        return channel_words(self.case.channel)

    @cached_property
    def flags(self) -> list[str]:
        """What is doubtful about the row, in words."""
        return [flag_words(flag) for flag in self.case.flags]

    @cached_property
    def outcome(self) -> str:
        """How it ended, in words."""
        word = outcomes().get(self.case.outcome)
        return name_of(word) if word else self.case.outcome

    @cached_property
    def condition(self) -> str:
        """The filing condition in words; empty when there is only the general one."""
        case = self.case
        if case.condition == "default" or case.type_id is None:
            return ""
        row = CaseLimit.objects.filter(type_id=case.type_id, condition=case.condition).first()
        names = (row.condition_name, row.condition_name_en) if row else ("", "")
        return (names[1] if english() else names[0]) or names[0] or case.condition

    @cached_property
    def offers(self) -> Offers:
        """The steps this person may take."""
        return offers(self.actor, self.case, on=self.now)

    @cached_property
    def history(self) -> list[Told]:
        """What happened, oldest first."""
        return history(self.case, self.language, on=self.now)

    @cached_property
    def undo(self) -> Told | None:
        """The last step, while this person may take it back."""
        told = self.history[-1] if self.history else None
        if told is None or told.undo_until is None:
            return None
        own = Entry.objects.filter(pk=told.event_id).values_list("actor_id", flat=True).first()
        return told if own is not None and own == self.actor.account_id else None

    @cached_property
    def tasks(self) -> list[Task]:
        """All tasks, oldest first."""
        rows = Task.objects.filter(case=self.case).select_related("unit", "account")
        return list(rows.order_by("sent_at", "id"))

    @cached_property
    def cohandlers(self) -> list[Task]:
        """Units that help, or helped."""
        return [t for t in self.tasks if t.kind == Task.Kind.COHANDLE and t.cancelled_at is None]

    @cached_property
    def requests(self) -> list[Waiting]:
        """All requests, oldest first."""
        rows = list(CaseRequest.objects.filter(case=self.case).order_by("id"))
        names = self._names({row.asked_by for row in rows})
        return [
            Waiting(row, str(CaseRequest.Kind(row.kind).label), names.get(row.asked_by, ""),
                    str(CaseRequest.Decision(row.decision).label))
            for row in rows
        ]  # fmt: skip

    @cached_property
    def waiting(self) -> list[Waiting]:
        """Requests without a decision."""
        return [one for one in self.requests if not one.request.decision]

    @cached_property
    def photos(self) -> list[Shown]:
        """The photos, before and after."""
        after = ("handle", "check")
        return [Shown(one, stage_words(one.stage), one.stage in after) for one in photos_of(self.case)]

    @cached_property
    def may_add_photo(self) -> bool:
        """Whether this person may add photos."""
        return may(self.actor, "photo.add", self.case)

    @cached_property
    def may_release(self) -> bool:
        """Whether this person masks and releases photos."""
        return may(self.actor, "photo.release", self.case)

    @cached_property
    def reports(self) -> list[Said]:
        """The reports on this case, oldest first, without anybody's name."""
        rows = Report.objects.filter(case=self.case).select_related("reporter").order_by("id")
        return [self._said(report) for report in rows]

    def _said(self, report: Report) -> Said:
        reporter = report.reporter
        known = reporter is not None and reporter.erased_at is None
        allowed = known and reporter is not None and may_reveal(self.actor, reporter)
        erased = reporter is not None and reporter.erased_at is not None
        return Said(report, channel_words(report.channel), known, erased, allowed)

    @cached_property
    def orders(self) -> list[Any]:
        """Orders of the upper level that led to this case."""
        return list(self.case.upper_orders.order_by("id"))

    @cached_property
    def relatives(self) -> list[Relative]:
        """Parent, what it was merged into, children, what it took in, duplicates."""
        case = self.case
        links = CaseLink.objects.filter(Q(case=case) | Q(other=case)).order_by("id")[:MOST]
        twins = {one for pair in links.values_list("case_id", "other_id") for one in pair} - {case.pk}
        named = [n for n in (case.parent_id, case.merged_into_id, *twins) if n]
        rows = Case.objects.filter(Q(parent=case) | Q(merged_into=case) | Q(pk__in=named))
        found = rows.only("number", "state", "parent_id", "merged_into_id").order_by("id")[:MOST]
        return [Relative(self._how(one, twins), one, state_words(one.state)) for one in found]

    def _how(self, one: Case, twins: set[int]) -> str:
        case = self.case
        known = (
            (one.pk == case.parent_id, pgettext("case", "parent")),
            (one.pk == case.merged_into_id, pgettext("case", "merged into")),
            (one.parent_id == case.pk, pgettext("case", "child")),
            (one.merged_into_id == case.pk, pgettext("case", "taken in")),
            (one.pk in twins, pgettext("case", "duplicate")),
        )
        return next(word for holds, word in known if holds)

    @cached_property
    def nearby(self) -> list[Relative]:
        """Cases of the weeks around it in the cells around it."""
        same = pgettext("case", "same type")
        return [
            Relative(same if one.type_id == self.case.type_id else "", one, state_words(one.state))
            for one in nearby(self.case, self.actor, on=self.now)
        ]

    def _names(self, numbers: Sequence[int | None] | set[int | None]) -> dict[int | None, str]:
        wanted = [n for n in numbers if n]
        return {a.pk: str(a) for a in Account.objects.filter(pk__in=wanted)} if wanted else {}
