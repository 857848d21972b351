"""The life of every kind: its course, and what every object shares (birth, correction, permits, merger).

All are joined to the one table of objects; the machine finds the one of a thing by its kind.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from chengzhi.domains.kinds import Kind, Turn
from chengzhi.lifecycle import Life, Step
from chengzhi.lifecycle.workings import Workings, join
from chengzhi.people.permissions import ALL
from chengzhi.registers.changes import change, derive
from chengzhi.registers.checks import CHECKS
from chengzhi.registers.courses import course_of
from chengzhi.registers.facts import FACTS
from chengzhi.registers.kinds import kinds
from chengzhi.registers.models import RegisteredObject
from chengzhi.registers.policies import policy
from chengzhi.registers.rules import may

THING = "object"
"""What the record calls an object, whatever its kind."""
MERGED = "merged"
MERGED_WORDS = ("已并入", "Merged")


def life_of(kind: Kind) -> Life:
    """The life of a kind."""
    course = course_of(kind)
    turns = tuple(_step(turn) for turn in course.turns)
    shared = tuple(_shared(kind, frozenset(course.states), course.start))
    states = {**course.states, MERGED: MERGED_WORDS}
    return Life(THING, (*turns, *shared), states, course.start, course.ends | {MERGED})


def _step(turn: Turn) -> Step:
    needs = (*turn.needs, *(("party_fits",) if "party" in turn.wants else ()))
    return Step(
        turn.name, turn.label, turn.label_en, frozenset(turn.before), turn.after, turn.by,
        needs=(*needs, *(("day_not_ahead",) if "day" in turn.wants else ())), effects=turn.effects,
        article=turn.article, sentence=turn.sentence, sentence_en=turn.sentence_en, undo=turn.undo,
        final=turn.final, wants=turn.wants, optional=turn.optional,
    )  # fmt: skip


def _shared(kind: Kind, states: frozenset[str], start: str) -> Iterator[Step]:
    yield Step(
        "register", "登记", "Register", frozenset(), start, "register.edit",
        sentence="{who}登记入册。", sentence_en="{who} entered it in the register.", undo=False,
    )  # fmt: skip
    yield Step(
        "imported", "导入", "Import", frozenset(), start, "register.import",
        sentence="{who}从文件导入。", sentence_en="{who} imported it from a file.", undo=False,
    )  # fmt: skip
    yield Step(
        "correct", "更正", "Correct", states, None, "register.edit",
        sentence="{who}更正：{fields}。", sentence_en="{who} corrected: {fields}.",
    )  # fmt: skip
    if kind.permit is not None:
        yield from _permits(states)
    yield Step(
        "merge", "并入", "Merge", states, MERGED, "register.edit", needs=("other_fits",), wants=("other",),
        optional=("reason",), sentence="{who}将其并入 {other}。", sentence_en="{who} merged it into {other}.",
    )  # fmt: skip
    yield Step(
        "absorb", "接收并入", "Take in", states, None, "register.edit", needs=("other_fits",),
        wants=("other",), optional=("reason",),
        sentence="{who}将 {other} 并入本对象。", sentence_en="{who} merged {other} into this one.",
    )  # fmt: skip


def _permits(states: frozenset[str]) -> Iterator[Step]:
    more = ("number", "conditions", "issued_by", "file")
    yield Step(
        "grant_permit", "登记许可（协议）", "Record a permit", states, None, "register.edit",
        needs=("ends_after_start", "permit_party_fits", "file_is_there"), wants=("starts_on",),
        optional=("ends_on", "party", *more),
        sentence="{who}登记许可或协议 {number}，至 {until}。",
        sentence_en="{who} recorded the permit or agreement {number}, until {until}.",
    )  # fmt: skip
    yield Step(
        "renew_permit", "延续", "Renew", states, None, "register.edit",
        needs=("permit_runs", "not_renewed", "renews_further", "file_is_there"),
        wants=("permit", "ends_on"), optional=("starts_on", *more),
        sentence="{who}延续许可或协议 {number}，至 {until}。",
        sentence_en="{who} renewed the permit or agreement {number}, until {until}.",
    )  # fmt: skip
    yield Step(
        "end_permit", "提前终止", "End a permit", states, None, "register.edit", needs=("permit_runs",),
        wants=("permit", "reason"), sentence="{who}终止许可或协议：{reason}。",
        sentence_en="{who} ended the permit or agreement: {reason}.",
    )  # fmt: skip


def undo_period(thing: Any, on: datetime) -> timedelta:
    """For how long a step on an object may be taken back."""
    return timedelta(minutes=float(policy(thing.district_id, "cases/undo_minutes", on)))


def _workings(kind: Kind) -> Workings:
    life = life_of(kind)
    life.validate(permissions=ALL, checks=CHECKS, clocks=(), effects=(), facts=FACTS)
    return Workings(
        life=life, table=RegisteredObject, checks=CHECKS, clocks={}, facts=FACTS, permit=may, change=change,
        undo_period=undo_period, undone="nothing_undone",
        # What names a person must be erasable; of other kinds the record may hold the values.
        private=frozenset({"name", "address", "facts", "shape"} if kind.sensitive else ()),
        quiet=frozenset({"shape"}),
        derived=frozenset({"bigrams", "zkey"}), derive=derive, life_name=kind.key,
    )  # fmt: skip


WORKINGS: Mapping[str, Workings] = {key: join(_workings(one)) for key, one in kinds().items()}
"""The workings of each kind."""


def life(kind: str) -> Life:
    """The life of a kind by key."""
    return WORKINGS[kind].life


def state_words(kind: str, state: str, language: str) -> str:
    """A state of a kind in words."""
    return life(kind).state_words(state, language)
