"""The history of an object or a party in sentences, from the record and the lives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chengzhi.domains.kinds import Kind
from chengzhi.ledger.models import Entry
from chengzhi.ledger.queries import history as entries_of
from chengzhi.ledger.queries import personal_values
from chengzhi.lifecycle.undo import undoable_until
from chengzhi.people.models import Account
from chengzhi.registers import lives
from chengzhi.registers.kinds import kind as kind_of
from chengzhi.registers.models import Party, RegisteredObject
from chengzhi.web.registers.words import day_text, language
from chengzhi.web.shell import wording

# Entries that are no steps of a life.
BESIDE: Mapping[str, Promise] = {
    "add_photo": gettext_lazy("%(who)s added a photo."),
    "add_photo_point": gettext_lazy("%(who)s set a photo point."),
    "retire_photo_point": gettext_lazy("%(who)s gave a photo point up."),
    "add_document": gettext_lazy("%(who)s added a document."),
    "mask_photo": gettext_lazy("%(who)s saved a masked copy of a photo."),
    "release_photo": gettext_lazy("%(who)s released a photo to the public."),
    "withhold_photo": gettext_lazy("%(who)s took a photo back from the public."),
    "check": gettext_lazy("%(who)s checked it."),
    "link_case": gettext_lazy("%(who)s linked a case."),
    "said": gettext_lazy("The responsible party answered on its own page."),
    "answer_said": gettext_lazy("%(who)s looked at the party's answer."),
    # of a party
    "party.register": gettext_lazy("%(who)s entered the party."),
    "party.correct": gettext_lazy("%(who)s corrected the party's data."),
    "party.merge": gettext_lazy("%(who)s merged it into another one."),
    "party.absorb": gettext_lazy("%(who)s merged a double into it."),
    "party.reveal": gettext_lazy("%(who)s looked at how to reach it."),
    "party.new_page_code": gettext_lazy("%(who)s gave out a new code of its own page."),
    "party.withdraw_page_code": gettext_lazy("%(who)s ended the code of its own page."),
    "party.said": gettext_lazy("It answered on its own page."),
    "party.answer_said": gettext_lazy("%(who)s looked at its answer."),
    "party.erase": gettext_lazy("Its contact was erased."),
    "party.erase_said": gettext_lazy("What it had said on its own page was erased; its time had run out."),
    "party.undo_correct": gettext_lazy("%(who)s took back the correction."),
    "party.undo_merge": gettext_lazy("%(who)s took back the merger."),
}
GENERAL = {
    "name": gettext_lazy("name"), "address": gettext_lazy("address"), "lon": gettext_lazy("place"), "lat": gettext_lazy("place"),
    "shape": gettext_lazy("shape"), "party_id": gettext_lazy("responsible party"), "unit_id": gettext_lazy("unit in charge"),
    "component_code": gettext_lazy("component code"), "component_status": gettext_lazy("component status"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that happened, in words; `undo_until` is set on the last step while it can be taken back."""

    event_id: int
    happened_at: datetime
    sentence: str
    label: str = ""
    article: str = ""
    undone: bool = False
    undo_until: datetime | None = None


def object_history(thing: RegisteredObject, *, on: datetime) -> list[Told]:
    """What happened to an object, oldest first."""
    entries = entries_of(lives.THING, thing.pk)
    teller = _Teller(entries, kind_of(thing.kind))
    undone = {e.facts["undoes"] for e in entries if e.step == "undo"}
    last = max((e.id for e in entries if "changed" in e.facts or e.step == "undo"), default=None)
    return [
        teller.told(e, e.id in undone, undoable_until(thing, e, on) if e.id == last else None)
        for e in entries
    ]


def party_history(party: Party) -> list[Told]:
    """What happened to a party, oldest first."""
    entries = entries_of("party", party.pk)
    teller = _Teller(entries, None)
    return [teller.told(e, False, None) for e in entries]


class _Teller:
    """Tells entries; everything they name was looked up at once."""

    def __init__(self, entries: Sequence[Entry], kind: Kind | None) -> None:
        self.kind = kind
        accounts = Account.objects.filter(pk__in={e.actor_id for e in entries if e.actor_id})
        self.accounts = {one.pk: str(one) for one in accounts}
        given = [self._said(e) for e in entries]
        parties = {said["party"] for said in given if isinstance(said.get("party"), int)}
        self.parties = dict(Party.objects.filter(pk__in=parties).values_list("pk", "name"))
        marks = [v["hmac"] for s in given for v in s.values() if isinstance(v, dict) and "hmac" in v]
        self.texts = personal_values(marks) if marks else {}

    def _said(self, entry: Entry) -> dict[str, Any]:
        return {**entry.facts.get("given", {}), **entry.facts.get("notes", {})}

    def told(self, entry: Entry, undone: bool, until: datetime | None) -> Told:
        return Told(
            entry.id, entry.happened_at, self.sentence(entry), self.label(entry.step), entry.article, undone,
            None if undone else until,
        )  # fmt: skip

    def label(self, step: str) -> str:
        life = lives.life(self.kind.key) if self.kind else None
        return life.step(step).words(language()) if life and step in life.names else step

    def who(self, entry: Entry) -> str:
        if entry.actor_id:
            return self.accounts.get(entry.actor_id) or _("Somebody who has left")
        return _("The party") if entry.actor_role == "resident" else _("The system")

    def sentence(self, entry: Entry) -> str:
        if entry.step == "undo":
            names = {"who": self.who(entry), "step": self.label(entry.facts.get("step", ""))}
            return _("%(who)s took back “%(step)s”.") % names
        beside = BESIDE.get(entry.step if self.kind else f"party.{entry.step}")
        if beside is not None:
            return str(beside) % {"who": self.who(entry)}
        life = lives.life(self.kind.key) if self.kind else None
        if life is None or entry.step not in life.names:
            return f"{self.who(entry)}: {entry.step}"
        step = life.step(entry.step)
        template = step.sentence if wording.chinese() else step.sentence_en
        return _tidy(template.format_map(_Values(self.values(entry))))

    def values(self, entry: Entry) -> dict[str, str]:
        found = {name: self.value(name, value) for name, value in self._said(entry).items()}
        return {**found, "who": self.who(entry)}

    def value(self, name: str, value: Any) -> str:
        if name == "party":
            return self.parties.get(value, str(value))
        if name == "fields":
            return (
                "、".join(self.field(one) for one in value)
                if wording.chinese()
                else ", ".join(map(self.field, value))
            )
        if isinstance(value, dict) and "hmac" in value:
            return self.texts.get(value["hmac"], _("(erased)"))
        return day_text(value) if _is_day(value) else str(value)

    def field(self, key: str) -> str:
        declared = self.kind.field(key) if self.kind else None
        return declared.words(language()) if declared else str(GENERAL.get(key, key))


def _is_day(value: Any) -> bool:
    if not isinstance(value, str) or len(value) != 10:
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _tidy(sentence: str) -> str:
    """Without what was not stated: doubled blanks, a colon or comma before the full stop."""
    text = " ".join(sentence.split())
    for loose in (" ：。", "：。", "，至 。", "，至。", ": .", ", until .", ", draw .", "，抽签 。"):
        text = text.replace(loose, "。" if "。" in loose else ".")
    return text.replace(" ,", ",").replace(" ，", "，").replace(" .", ".")


class _Values(dict[str, str]):
    """What was not stated is left out of the sentence."""

    def __missing__(self, key: str) -> str:
        return ""
