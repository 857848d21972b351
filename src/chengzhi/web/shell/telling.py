"""The history of a thing with a life in sentences, from its record and its steps."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _

from chengzhi.cases.habits import habits
from chengzhi.ledger.models import Entry
from chengzhi.ledger.queries import history, personal_values
from chengzhi.lifecycle.life import Life
from chengzhi.lifecycle.undo import undoable_until
from chengzhi.lifecycle.workings import workings_of
from chengzhi.people.models import Account
from chengzhi.web.shell.wording import chinese


@dataclass(frozen=True)
class Told:
    """One thing that happened, for the timeline."""

    happened_at: datetime
    sentence: str
    article: str = ""
    rule: str = ""
    late: bool = False
    event_id: int = 0
    undo_until: datetime | None = None


def history_of(thing: Any, on: datetime, *, words: Mapping[str, Any] | None = None) -> list[Told]:
    """What happened to a thing with a life, newest first, each step in its sentence.

    The last step says until when it may be taken back. `words` says values that are keys.
    """
    life = workings_of(thing).life
    entries = [one for one in history(life.name, thing.pk) if one.step in life.names or one.step == "undo"]
    names = dict(
        Account.objects.filter(pk__in={e.actor_id for e in entries if e.actor_id}).values_list("pk", "name")
    )
    marks = [v["hmac"] for e in entries for v in e.facts.get("given", {}).values() if _sealed(v)]
    texts = personal_values(marks) if marks else {}
    zone = habits(thing.district_id).zone
    teller = _Teller(life, names, texts, zone, words or {}, str(getattr(thing, "reason", "")))
    last = entries[-1].id if entries else 0
    return [
        Told(e.happened_at, teller.sentence(e), e.article, "", bool(e.facts.get("late")), e.id,
             undoable_until(thing, e, on) if e.id == last else None)
        for e in reversed(entries)
    ]  # fmt: skip


def _sealed(value: Any) -> bool:
    return isinstance(value, dict) and "hmac" in value


@dataclass(frozen=True)
class _Teller:
    life: Life
    names: Mapping[int, str]
    texts: Mapping[str, str]
    zone: ZoneInfo
    words: Mapping[str, Any]
    asked_for: str = ""
    """Why it was asked for, where the thing itself keeps it: births state no facts."""

    def sentence(self, entry: Entry) -> str:
        who = self.names.get(entry.actor_id or 0) or _("the system")
        if entry.step == "undo":
            step = self.life.step(entry.facts["step"]).words(get_language() or "zh")
            return _("%(who)s took back “%(step)s”.") % {"who": who, "step": step}
        step_of = self.life.step(entry.step)
        template = step_of.sentence if chinese() else step_of.sentence_en
        said = {"reason": self.asked_for} if step_of.birth else {}
        said |= {**entry.facts, **entry.facts.get("notes", {}), **entry.facts.get("given", {})}
        values = _Values({key: self.word(value) for key, value in said.items()}, who=who)
        return " ".join(template.format_map(values).split())

    def word(self, value: Any) -> str:
        if _sealed(value):
            return self.texts.get(value["hmac"], str(ERASED))
        try:
            moment = datetime.fromisoformat(value) if isinstance(value, str) and "T" in value else None
        except ValueError:
            moment = None
        if moment is not None and moment.tzinfo is not None:
            return f"{moment.astimezone(self.zone):%Y-%m-%d}"
        return str(self.words.get(value, value)) if isinstance(value, str) else str(value)


ERASED = pgettext_lazy("text", "(erased)")


class _Values(dict[str, str]):
    """What was not stated is left out of the sentence."""

    def __missing__(self, key: str) -> str:
        return ""
