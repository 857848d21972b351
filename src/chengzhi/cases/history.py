"""A case's history in sentences, from the ledger and the step table.

Names are looked up when the page is shown: the ledger holds numbers only, and texts whose
erasable part is gone are shown as erased.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chengzhi.cases.facts import RESULT_WORDS
from chengzhi.cases.habits import habits
from chengzhi.cases.life import CASE_LIFE
from chengzhi.cases.models import Case, CaseType
from chengzhi.domains.domain import outcomes
from chengzhi.ledger.models import Entry
from chengzhi.ledger.queries import history as entries_of
from chengzhi.ledger.queries import personal_values
from chengzhi.lifecycle.undo import undoable_until
from chengzhi.people.models import Account, Unit


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that happened, in words.

    `late` is said in the sentence too. `undone` marks a step taken back later; `undo_until` is
    set on the last step while it may still be taken back.
    """

    event_id: int
    at: datetime
    step: str
    label: str
    who: str
    sentence: str
    before: str | None
    after: str | None
    late: bool
    due: datetime | None
    rule: str
    article: str
    undone: bool
    undo_until: datetime | None


_WORDS: Mapping[str, tuple[str, str]] = {
    "system": ("系统", "The system"),
    "resident": ("群众", "A resident"),
    "gone": ("已注销人员", "Somebody who has left"),
    "erased": ("（内容已删除）", "(erased)"),
    "undo": ("{who}撤回了“{step}”。", "{who} took back “{step}”."),
    "late": ("（超时，应于{due}前）", " (late: it was due {due})"),
    "to": ("给{name}", " to {name}"),
    "reason": ("理由：{text}。", "Reason: {text}."),
    "outcome": ("处置结果：{text}。", "Outcome: {text}."),
    "reclocked": ("时限重新计算至{due}。", "The limit is counted again, to {due}."),
    "yes": ("紧急", "urgent"),
    "no": ("一般", "ordinary"),
}


# Entries on a case that are no steps of its life: label and sentence.
_BESIDE: Mapping[str, tuple[tuple[str, str], tuple[str, str]]] = {
    "undo": (("撤回", "Undo"), ("", "")),
    "imported": (("导入", "Import"), ("{who}导入，保留原始时间。", "{who} imported it with its true times.")),
    "correct": (("更正上报", "Correct the report"), ("上报人更正了上报内容。", "The report was corrected.")),
    "add_information": (
        ("补充信息", "Add information"),
        ("上报人补充了信息。", "The reporter added information."),
    ),
    "withdraw": (("撤回上报", "Withdraw the report"), ("上报人撤回了上报。", "A report was withdrawn.")),
    "support": (("附议", "Support"), ("又有人反映同一问题。", "Somebody else reported the same.")),
    "party_corrected": (
        ("主体反馈整改", "Said to be corrected"),
        (
            "责任主体反馈已整改，待核实。",
            "The responsible party says that it has corrected it; nobody has looked yet.",
        ),
    ),
    "party_objects": (
        ("主体提出异议", "Objection"),
        ("责任主体提出异议。", "The responsible party objects."),
    ),
}


_DUE_PARTS = ("，时限至{due}", ", due {due}")


class _Names:
    """Every name the sentences need, looked up at once."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        notes = [{**e.facts.get("given", {}), **e.facts.get("notes", {})} for e in entries]
        accounts = {e.actor_id for e in entries if e.actor_id} | _numbers(notes, "account")
        units = _numbers(notes, "unit") | _numbers(notes, "from_unit")
        self.accounts = dict(_names(Account, accounts, "name"))
        self.units = {u.pk: (u.name, u.name_en or u.name) for u in Unit.objects.filter(pk__in=units)}
        self.cases = dict(_names(Case, _numbers(notes, "other"), "number"))
        types = CaseType.objects.filter(pk__in=_numbers(notes, "type"))
        self.types = {t.pk: (t.name, t.name_en or t.name) for t in types}
        marks = [v["hmac"] for n in notes for v in n.values() if isinstance(v, dict) and "hmac" in v]
        self.texts = personal_values(marks) if marks else {}


def _numbers(notes: Sequence[Mapping[str, Any]], name: str) -> set[int]:
    return {note[name] for note in notes if note.get(name)}


def _names(model: Any, numbers: set[int], field: str) -> Any:
    return model.objects.filter(pk__in=numbers).values_list("pk", field)


def history(case: Case, language: str, *, on: datetime) -> list[Told]:
    """What happened to the case, oldest first, in "zh…" or another language (English)."""
    entries = entries_of("case", case.pk)
    names = _Names(entries)
    undone = {e.facts["undoes"] for e in entries if e.step == "undo"}
    teller = _Teller(case, names, 0 if language.startswith("zh") else 1)
    # Entries of other areas (a corrected report) do not stand in the way of taking a step back.
    last = max((e.id for e in entries if "changed" in e.facts or e.step == "undo"), default=None)
    return [teller.told(e, e.id in undone, on if e.id == last else None) for e in entries]


class _Teller:
    """Tells the entries of one case in one language (0 Chinese, 1 English)."""

    def __init__(self, case: Case, names: _Names, language: int) -> None:
        self.case, self.names, self.language = case, names, language
        self.zone = habits(case.district_id).zone

    def word(self, key: str, **values: str) -> str:
        return _WORDS[key][self.language].format(**values)

    def told(self, entry: Entry, undone: bool, now: datetime | None) -> Told:
        due = entry.facts.get("due")
        until = undoable_until(self.case, entry, now) if now is not None and not undone else None
        return Told(
            event_id=entry.id, at=entry.happened_at, step=entry.step, label=self.label(entry.step),
            who=self.who(entry), sentence=self.sentence(entry), before=entry.before, after=entry.after,
            late=bool(entry.facts.get("late")), due=datetime.fromisoformat(due) if due else None,
            rule=entry.rule, article=entry.article, undone=undone, undo_until=until,
        )  # fmt: skip

    def label(self, step: str) -> str:
        if step in _BESIDE:
            return _BESIDE[step][0][self.language]
        known = step in CASE_LIFE.names
        return CASE_LIFE.step(step).words(("zh", "en")[self.language]) if known else step

    def who(self, entry: Entry) -> str:
        if entry.actor_id is None:
            return self.word("resident" if entry.actor_role == "resident" else "system")
        return self.names.accounts.get(entry.actor_id) or self.word("gone")

    def sentence(self, entry: Entry) -> str:
        if entry.step == "undo":
            return self.word("undo", who=self.who(entry), step=self.label(entry.facts["step"]))
        if entry.step in _BESIDE:
            return _BESIDE[entry.step][1][self.language].format(who=self.who(entry))
        if entry.step not in CASE_LIFE.names:
            return f"{self.who(entry)}: {entry.step}"
        step = CASE_LIFE.step(entry.step)
        template = (step.sentence, step.sentence_en)[self.language]
        values = _Values(self.values(entry, template))
        if not values.get("due"):  # no limit was set: nothing is said of its end
            template = template.replace(_DUE_PARTS[self.language], "")
        late = self.word("late", due=self.time(entry.facts["due"])) if entry.facts.get("late") else ""
        return " ".join(template.format_map(values).split()) + late

    def values(self, entry: Entry, template: str) -> dict[str, str]:
        said = {**entry.facts.get("given", {}), **entry.facts.get("notes", {})}
        tell: dict[str, Callable[[Any], str]] = {
            "unit": lambda v: self.names.units.get(v, ("", ""))[self.language],
            "type": lambda v: self.names.types.get(v, ("", ""))[self.language],
            "other": lambda v: str(self.names.cases.get(v, v)),
            "account": lambda v: self.names.accounts.get(v) or self.word("gone"),
            "result": lambda v: RESULT_WORDS[v][self.language],
            "until": self.time, "due": self.time,
            "outcome": self.outcome,
            "urgent": lambda v: self.word("yes" if v else "no"),
            "reclocked": lambda v: self.word("reclocked", due=self.time(said["due"])),
        }  # fmt: skip
        values = {name: tell.get(name, self.text)(value) for name, value in said.items()}
        values["who"] = self.who(entry)
        if "account" in said:
            values["to_account"] = self.word("to", name=values["account"])
        for name in ("reason", "outcome"):
            if values.get(name) and template.endswith(f"{{{name}}}"):
                values[name] = self.word(name, text=values[name].rstrip("。."))
        return values

    def outcome(self, value: Any) -> str:
        """A declared outcome in words; anything else as it was stated."""
        known = outcomes().get(str(value))
        return (known.name, known.name_en)[self.language] if known else self.text(value)

    def text(self, value: Any) -> str:
        if isinstance(value, dict) and "hmac" in value:
            return self.names.texts.get(value["hmac"], self.word("erased"))
        return str(value)

    def time(self, value: str) -> str:
        at = datetime.fromisoformat(value).astimezone(self.zone)
        return (
            f"{at.year}年{at.month}月{at.day}日{at:%H:%M}" if self.language == 0 else f"{at:%Y-%m-%d %H:%M}"
        )


class _Values(dict[str, str]):
    """What was not stated is left out of the sentence."""

    def __missing__(self, key: str) -> str:
        return ""
