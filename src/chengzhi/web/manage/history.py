"""What the ledger says about settings, as sentences."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from chengzhi.law.rules import RULES
from chengzhi.ledger.models import Entry
from chengzhi.people.models import Account
from chengzhi.people.permissions import BY_KEY
from chengzhi.people.roles import roles
from chengzhi.web.shell.wording import chinese

LATEST = 50
SCOPE_WORDS = {
    "reports:write": gettext_lazy("send reports"),
    "cases:read": gettext_lazy("read cases, lists and figures"),
    "cases:write": gettext_lazy("take steps on cases"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One ledger row as the timeline shows it."""

    happened_at: datetime
    sentence: str
    article: str = ""
    rule: str = ""
    late: bool = False


def _role(key: Any) -> str:
    language = get_language() or "zh"
    return roles()[key].label(language) if key in roles() else str(key)


def _rights(keys: Any) -> str:
    language = get_language() or "zh"
    return "、".join(BY_KEY[key].label(language) if key in BY_KEY else key for key in keys) or _("none")


def _changes(facts: Mapping[str, Any]) -> str:
    parts = [
        f"{name}: {value[0]} → {value[1]}"
        if isinstance(value, list) and len(value) == 2
        else f"{name}: {value}"
        for name, value in facts.items()
    ]
    return "; ".join(parts)


def _limit(said: Any) -> str:
    return f"{said['amount']} {unit_word(said['unit'])}" if said else _("none")


def unit_word(unit: str) -> str:
    """A unit of time limits in the page's language."""
    words = {
        "urgent_hours": _("urgent hours"),
        "urgent_days": _("urgent days"),
        "working_hours": _("working hours"),
        "working_days": _("working days"),
        "calendar_hours": _("hours"),
        "calendar_days": _("calendar days"),
        "months": _("months"),
    }
    return words.get(unit, unit)


def _calendar(said: Any) -> str:
    return f"{said['name']} {said['hours']}" if said else ""


def _from(facts: Mapping[str, Any]) -> str:
    """From which day a change counts, where that was said."""
    return " " + _("It counts from %(day)s.") % {"day": facts["from"]} if facts.get("from") else ""


def _rule(name: Any) -> str:
    key = f"cases/{name}"
    if key not in RULES:
        return str(name)
    return RULES[key].title if chinese() else RULES[key].title_en


def _value(number: Any) -> str:
    return _("the shipped value") if number is None else f"{float(number):g}"


SENTENCES: dict[str, Callable[[str, Mapping[str, Any]], str]] = {
    "invited": lambda who, f: _("%(who)s invited the account.") % {"who": who},
    "accepted": lambda who, f: _("%(who)s accepted the invitation.") % {"who": who},
    "link_made": lambda who, f: _("%(who)s made a one-time link.") % {"who": who},
    "password_reset": lambda who, f: _("%(who)s set a new password by a link.") % {"who": who},
    "password_changed": lambda who, f: _("%(who)s changed the password.") % {"who": who},
    "deactivated": lambda who, f: _("%(who)s deactivated the account.") % {"who": who},
    "reactivated": lambda who, f: _("%(who)s reactivated the account.") % {"who": who},
    "second_factor_on": lambda who, f: _("%(who)s switched the second factor on.") % {"who": who},
    "second_factor_off": lambda who, f: _("%(who)s switched the second factor off.") % {"who": who},
    "second_factor_removed": lambda who, f: _("%(who)s removed the second factor.") % {"who": who},
    "recovery_codes_made": lambda who, f: _("%(who)s made new recovery codes.") % {"who": who},
    "post_given": lambda who, f: (
        _("%(who)s gave the post %(role)s from %(day)s.")
        % {"who": who, "role": _role(f.get("role")), "day": f.get("from")}
    ),
    "post_ended": lambda who, f: (
        _("%(who)s ended the post %(role)s with %(day)s.")
        % {"who": who, "role": _role(f.get("role")), "day": f.get("to")}
    ),
    "rights_changed": lambda who, f: (
        _("%(who)s changed %(role)s from %(day)s: given %(added)s; taken %(removed)s.")
        % {
            "who": who,
            "role": _role(f.get("role")),
            "day": f.get("from"),
            "added": _rights(f.get("added", ())),
            "removed": _rights(f.get("removed", ())),
        }
    ),
    "second_factor_demanded": lambda who, f: _("%(who)s made the second factor a must.") % {"who": who},
    "second_factor_left_free": lambda who, f: _("%(who)s left the second factor free.") % {"who": who},
    "key_made": lambda who, f: (
        _("%(who)s made the key: %(role)s, %(scopes)s.")
        % {
            "who": who,
            "role": _role(f.get("role")),
            "scopes": "、".join(str(SCOPE_WORDS.get(one, one)) for one in f.get("scopes", ())),
        }
    ),
    "key_revoked": lambda who, f: _("%(who)s ended the key.") % {"who": who},
    "unit_added": lambda who, f: _("%(who)s added the unit.") % {"who": who},
    "unit_changed": lambda who, f: (
        _("%(who)s changed the unit (%(what)s).") % {"who": who, "what": _changes(f)}
    ),
    "limit_changed": lambda who, f: (
        _("%(who)s changed the limit from %(day)s: %(old)s → %(new)s.")
        % {"who": who, "day": f.get("from"), "old": _limit(f.get("old")), "new": _limit(f.get("new"))}
    ),
    "limits_loaded": lambda who, f: (
        _("%(who)s loaded %(n)s limits from a file, counting from %(day)s.")
        % {"who": who, "n": f.get("changed"), "day": f.get("from")}
    ),
    "stage_changed": lambda who, f: (
        _("%(who)s changed the clock of “%(stage)s” from %(day)s: %(old)s → %(new)s.")
        % {
            "who": who,
            "stage": f.get("stage"),
            "day": f.get("from"),
            "old": _limit(f.get("old")),
            "new": _limit(f.get("new")),
        }
    ),
    "escalation_added": lambda who, f: (
        _("%(who)s: from %(day)s, %(role)s is told at %(share)s %% of the limit.")
        % {"who": who, "day": f.get("from"), "role": _role(f.get("role")), "share": f.get("percent")}
    ),
    "escalation_ended": lambda who, f: (
        _("%(who)s: from %(day)s, %(role)s is no longer told at %(share)s %%.")
        % {"who": who, "day": f.get("from"), "role": _role(f.get("role")), "share": f.get("percent")}
    ),
    "routing_set": lambda who, f: (
        _("%(who)s: from %(day)s, routing rule %(n)s sends cases to %(unit)s.")
        % {"who": who, "day": f.get("from"), "n": f.get("position"), "unit": f.get("unit_name")}
    ),
    "routing_ended": lambda who, f: (
        _("%(who)s ended routing rule %(n)s (%(unit)s) with %(day)s.")
        % {"who": who, "n": f.get("position"), "unit": f.get("unit_name"), "day": f.get("to")}
    ),
    "hours_changed": lambda who, f: (
        _("%(who)s changed calendar and hours: %(old)s → %(new)s.")
        % {"who": who, "old": _calendar(f.get("old")), "new": _calendar(f.get("new"))}
        + _from(f)
    ),
    "rule_changed": lambda who, f: (
        _("%(who)s set “%(rule)s” to %(value)s from %(day)s.")
        % {"who": who, "rule": _rule(f.get("rule")), "value": _value(f.get("new")), "day": f.get("from")}
    ),
    "shift_leader_changed": lambda who, f: (
        (
            _("%(who)s gave the shift leader's work to the intake clerk.")
            if f.get("alone")
            else _("%(who)s gave the shift leader's work back to the shift leader.")
        )
        % {"who": who}
        + _from(f)
    ),
    "duty_areas_changed": lambda who, f: (
        _("%(who)s changed the duty areas of %(role)s from %(day)s: %(areas)s.")
        % {
            "who": who,
            "role": _role(f.get("role")),
            "day": f.get("from"),
            "areas": "、".join(f.get("areas", ())) or _("the whole unit"),
        }
    ),
    "load_pack": lambda who, f: _("%(who)s loaded the district pack.") % {"who": who},
    "day_set": lambda who, f: (
        _("%(who)s set %(day)s: %(name)s.") % {"who": who, "day": f.get("day"), "name": f.get("name")}
        + _from(f)
    ),
    "day_cleared": lambda who, f: (
        _("%(who)s took the local day %(day)s back.") % {"who": who, "day": f.get("day")}
    ),
    "change": lambda who, f: (
        _("%(who)s changed the words from %(day)s.") % {"who": who, "day": f.get("valid_from")}
    ),
}


def told(thing: str, thing_id: int) -> list[Told]:
    """The latest 50 changes of a thing, newest first."""
    entries = Entry.objects.filter(thing=thing, thing_id=thing_id).order_by("-id")[:LATEST]
    return sentences(list(entries))


def sentences(entries: list[Entry]) -> list[Told]:
    """Ledger rows in words; a step nobody wrote a sentence for is shown as it is."""
    numbers = {entry.actor_id for entry in entries if entry.actor_id}
    names = {account.pk: str(account) for account in Account.objects.filter(pk__in=numbers)}
    return [
        Told(entry.happened_at, sentence(entry, names.get(entry.actor_id or 0) or _("the system")))
        for entry in entries
    ]


def sentence(entry: Entry, who: str) -> str:
    """One ledger row in words."""
    write = SENTENCES.get(entry.step)
    return write(who, entry.facts) if write else f"{who}: {entry.thing} {entry.thing_id} {entry.step}"
