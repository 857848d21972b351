"""Writes: planning a lecture, its steps, texts, materials, questions, and what each group decides."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import F
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chengzhi.branch.lectures import figures, queries
from chengzhi.branch.lectures.life import COMMITTEE, LECTURE_LIFE, MEMBER
from chengzhi.branch.lectures.models import Decision, Lecture, Material, Question, Sight, Text
from chengzhi.branch.lectures.problems import BadDecision, BadMaterial, BadPlan, BadText, NotNow
from chengzhi.branch.lectures.workings import belongs, today
from chengzhi.branch.organisation.models import Body
from chengzhi.branch.organisation.numbering import save_numbered
from chengzhi.branch.organisation.rules import require
from chengzhi.cases.habits import habits
from chengzhi.domains import DOMAINS
from chengzhi.files.actions import forget
from chengzhi.files.models import StoredFile
from chengzhi.ledger.actions import record
from chengzhi.lifecycle.machine import Outcome, advance
from chengzhi.people.actor import Actor
from chengzhi.places.models import Area

PREPARING = ("planned", "ready")
AFTERWARDS = ("held",)
SEED_BYTES = 4


@dataclass(frozen=True, slots=True)
class Plan:
    """What a lecture is about: theme, aim, domain; where it is, in its form; when, and who speaks."""

    theme: str
    aim: str
    domain: str
    planned_for: date
    form: str = Lecture.Form.TEN_MINUTES
    spot: str = ""
    prompts: str = ""
    area_id: int | None = None
    speaker_id: int | None = None


@transaction.atomic
def plan(said: Plan, *, body: Body, by: Actor, on: datetime) -> Lecture:
    """Plan a lecture of a body; the seed of its draw of cases is made now. Raises NotAllowed, BadPlan."""
    require(by, COMMITTEE, body)
    _sound(said, body, today(body.district_id, on))
    made = Lecture(
        district_id=body.district_id, body=body, state=LECTURE_LIFE.start, form=said.form, theme=said.theme.strip()[:120],
        aim=said.aim.strip(), domain=said.domain, area_id=said.area_id, spot=said.spot.strip()[:200],
        prompts=said.prompts.strip(), seed=secrets.token_hex(SEED_BYTES), planned_for=said.planned_for,
        speaker_id=said.speaker_id, made_by=by.account_id, made_at=on, updated_at=on,
    )  # fmt: skip
    save_numbered(made, "DK", habits(made.district_id).day(on))
    record(
        district_id=made.district_id, thing=LECTURE_LIFE.name, thing_id=made.pk, step="plan", after=made.state,
        by=by, on=on, facts={"notes": {"number": made.number, "seed": made.seed}, "version": 0},
    )  # fmt: skip
    return made


def _sound(said: Plan, body: Body, day: date) -> None:
    if not said.theme.strip() or not said.aim.strip():
        raise BadPlan(_("The plan has no theme or no aim."), "", _("Say in one sentence each."))
    if said.domain not in {one.key for one in DOMAINS}:
        raise BadPlan(_("There is no domain “%(key)s”.") % {"key": said.domain[:24]})
    if said.form not in Lecture.Form.values or (said.form == Lecture.Form.ON_SITE and not said.spot.strip()):
        raise BadPlan(
            _("A lecture on site needs its spot."), "", _("Name the street corner, market or site.")
        )
    if said.planned_for < day:
        raise BadPlan(
            _("The day is over."), _("A plan is for today or a day to come."),
            _("A lecture that was held already is planned for today and then entered with its own day."),
        )  # fmt: skip
    if said.area_id and not Area.objects.filter(pk=said.area_id, district_id=body.district_id).exists():
        raise BadPlan(_("The place lies in another district."))
    if said.speaker_id and not belongs(said.speaker_id, body.pk, day):
        raise BadPlan(_("The speaker must be a member of this body."))


def advance_lecture(number: str, step: str, /, *, by: Actor, on: datetime, **facts: Any) -> Outcome:
    """Take a step of the life. Raises NoSuchLecture, and as `lifecycle.machine.advance`."""
    lecture = queries.lecture(number, by=by)
    if (
        step == "revise"
        and lecture.form == Lecture.Form.ON_SITE
        and "spot" in facts
        and not str(facts["spot"]).strip()
    ):
        raise BadPlan(_("A lecture on site needs its spot."))
    return advance(lecture, step, by=by, on=on, **facts)


def _open(number: str, permission: str, states: tuple[str, ...], by: Actor) -> Lecture:
    """The lecture, locked, if the person may and it is in one of the states."""
    lecture = queries.lecture(number, by=by)
    require(by, permission, lecture)
    locked = Lecture.objects.select_for_update().get(pk=lecture.pk)
    if locked.state not in states:
        state = LECTURE_LIFE.state_words
        raise NotNow(
            _("This lecture is past that, or not there yet."),
            _("It belongs to: %(states)s.")
            % {"states": ", ".join(state(one, get_language() or "zh") for one in states)},
        )
    return lecture


def _noted(lecture: Lecture, step: str, facts: dict[str, Any], *, by: Actor, on: datetime) -> None:
    """In the record: keys and days, never words. The step before it cannot be taken back any more."""
    Lecture.objects.filter(pk=lecture.pk).update(version=F("version") + 1, updated_at=on)
    record(
        district_id=lecture.district_id, thing=LECTURE_LIFE.name, thing_id=lecture.pk, step=step, by=by, on=on,
        facts=facts,
    )  # fmt: skip


def is_safe(link: str) -> bool:
    """Whether an address is https with a host."""
    parts = urlsplit(link)
    return parts.scheme == "https" and bool(parts.hostname)


@transaction.atomic
def add_text(
    number: str, *, title: str, issuer: str, dated: date | None, link: str, by: Actor, on: datetime
) -> Text:
    """Link an official text; the same address twice is once. Raises NoSuchLecture, NotAllowed, NotNow, BadText."""
    lecture = _open(number, COMMITTEE, PREPARING, by)
    if not title.strip() or not issuer.strip() or dated is None or dated > today(lecture.district_id, on):
        raise BadText(
            _("A text has its title, its issuer and its date."), "", _("Copy them from the official page.")
        )
    if not is_safe(link.strip()):
        raise BadText(
            _("The link is not an https address."),
            _("An official text is quoted from an address that nobody can change on the way."),
            _("Give the https address of the text."),
        )
    values = {"title": title.strip()[:200], "issuer": issuer.strip()[:120], "dated": dated}
    made, new = Text.objects.get_or_create(lecture=lecture, link=link.strip()[:500], defaults=values)
    if new:
        _noted(lecture, "text", {"text": made.pk}, by=by, on=on)
    return made


@transaction.atomic
def add_material(
    number: str, *, title: str, by: Actor, on: datetime, link: str = "", file: StoredFile | None = None
) -> Material:
    """Add a document or an address. Raises NoSuchLecture, NotAllowed, NotNow, BadMaterial."""
    lecture = _open(number, COMMITTEE, PREPARING + AFTERWARDS, by)
    if (
        not title.strip()
        or bool(link.strip()) == (file is not None)
        or (link.strip() and not is_safe(link.strip()))
    ):
        raise BadMaterial(
            _("A material has a name, and either a file or an https address."), "", _("Give one of them.")
        )
    made = Material.objects.create(
        lecture=lecture, title=title.strip()[:200], link=link.strip()[:500], file=file
    )
    _noted(lecture, "material", {"material": made.pk}, by=by, on=on)
    return made


@transaction.atomic
def add_question(number: str, *, text: str, by: Actor, on: datetime, answer: str = "") -> Question:
    """Write down what was asked, without who asked. Raises NoSuchLecture, NotAllowed, NotNow, BadPlan."""
    lecture = _open(number, MEMBER, AFTERWARDS, by)
    if not text.strip():
        raise BadPlan(_("The question is empty."))
    made = Question.objects.create(
        lecture=lecture, text=text.strip()[:500], answer=answer.strip()[:1000], entered_at=on
    )
    _noted(lecture, "question", {"question": made.pk}, by=by, on=on)
    return made


@dataclass(frozen=True, slots=True)
class Change:
    """What a group decided: its words, who answers for it, by which figure (or none), when to look again."""

    group: str
    text: str
    responsible_id: int
    look_again_on: date
    metric: str = ""


def decide(said: Change, *, number: str, by: Actor, on: datetime) -> Decision:
    """Enter what a group decided; its figure before the lecture is read at once where figures are prepared.

    Raises NoSuchLecture, NotAllowed, NotNow, BadDecision.
    """
    with transaction.atomic():
        lecture = _open(number, MEMBER, AFTERWARDS, by)
        _sound_change(said, lecture, today(lecture.district_id, on))
        made = Decision.objects.create(
            lecture=lecture, group=said.group.strip()[:60], text=said.text.strip(), responsible_id=said.responsible_id,
            metric=said.metric, look_again_on=said.look_again_on, entered_by=by.account_id, entered_at=on,
        )  # fmt: skip
        facts = {"decision": made.pk, "metric": said.metric, "look_again_on": said.look_again_on.isoformat()}
        _noted(lecture, "decide", facts, by=by, on=on)
    if made.metric:
        figures.read_due(lecture.district, [made])
    return made


def _sound_change(said: Change, lecture: Lecture, day: date) -> None:
    if not said.group.strip() or not said.text.strip():
        raise BadDecision(
            _("It does not say which group changes what."), "", _("One sentence each is enough.")
        )
    if lecture.held_on is None or said.look_again_on <= max(day, lecture.held_on):
        raise BadDecision(
            _("The day to look again lies in the past, or is today."), "", _("Agree on a day to come.")
        )
    if not belongs(said.responsible_id, lecture.body_id, day):
        raise BadDecision(_("Who answers for it must be a member of this body."))
    if said.metric and said.metric not in figures.offered():
        raise BadDecision(
            _("“%(metric)s” is no figure a change can be looked at by.") % {"metric": said.metric[:80]},
            _(
                "Only shares of areas and departments that know the domain are offered, never figures of persons."
            ),
            _("Choose one of the list, or none."),
        )


@transaction.atomic
def drop(number: str, decision: int, *, by: Actor, on: datetime) -> None:
    """Take out a decision entered by mistake, before it was looked at again.

    Raises NoSuchLecture, NotAllowed, NotNow, BadDecision.
    """
    lecture = _open(number, COMMITTEE, AFTERWARDS, by)
    found = Decision.objects.filter(lecture=lecture, pk=decision).first()
    if found is None or found.sights.filter(when=Sight.When.AFTER).exists():
        raise BadDecision(_("This decision is not there, or was looked at again already."))
    found.delete()
    _noted(lecture, "drop", {"decision": decision}, by=by, on=on)


REMOVABLE = {
    "text": (Text, PREPARING),
    "material": (Material, PREPARING + AFTERWARDS),
    "question": (Question, AFTERWARDS),
}


@transaction.atomic
def remove(number: str, what: str, key: int, *, by: Actor, on: datetime) -> None:
    """Take out a text, material or question entered by mistake; a document goes with its content.

    Raises NoSuchLecture, NotAllowed, NotNow, BadMaterial.
    """
    table, states = REMOVABLE[what]
    lecture = _open(number, COMMITTEE, states, by)
    found: Text | Material | Question | None = table.objects.filter(lecture=lecture, pk=key).first()  # type: ignore[attr-defined]
    if found is None:
        raise BadMaterial(_("It is not there any more."))
    file = found.file if isinstance(found, Material) else None
    found.delete()
    if file is not None:
        forget(file)
    _noted(lecture, "remove", {what: key}, by=by, on=on)
