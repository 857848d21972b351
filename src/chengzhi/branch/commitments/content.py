"""What was promised, in one canonical text, and its hash.

The text is JSON with sorted keys and no spaces, in UTF-8; days are ISO, places and bodies stand
by code, so that anybody can compute the SHA-256 again from the public page's own words.
"""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from chengzhi.branch.commitments.models import Commitment
from chengzhi.branch.commitments.problems import Tampered
from chengzhi.ledger.models import Entry

RULE = "kept-1"
"""The declared rule of keeping (`figures.outcome_of`); another rule is another name."""
CONTENT = (
    "district_id", "number", "body_id", "member_id", "post", "level", "title", "text", "area_id", "unit_id", "domain",
    "type_id", "metric", "direction", "target", "baseline_first", "baseline_last", "start", "end", "comparison",
    "registered_at", "content_hash",
)  # fmt: skip
"""The columns that the trigger of the database keeps from the registration on."""
LIFE = "commitment"


def content(thing: Commitment) -> dict[str, Any]:
    """The promise as it is hashed."""
    plain = (
        "number",
        "post",
        "level",
        "title",
        "text",
        "domain",
        "metric",
        "direction",
        "target",
        "comparison",
    )
    days = ("baseline_first", "baseline_last", "start", "end")
    said: dict[str, Any] = {name: getattr(thing, name) for name in plain}
    said |= {name: getattr(thing, name).isoformat() for name in days}
    said |= {"district": thing.district_id, "body": thing.body.code, "member": thing.member_id, "rule": RULE}
    return said | {
        "area": thing.area.code if thing.area else None,
        "unit": thing.unit.code if thing.unit else None,
        "type": thing.type.code if thing.type else None,
    }


def canonical(thing: Commitment) -> str:
    """The text that is hashed."""
    return json.dumps(content(thing), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(thing: Commitment) -> str:
    """SHA-256 of the canonical text, hexadecimal."""
    return hashlib.sha256(canonical(thing).encode()).hexdigest()


def recorded_hashes(ids: Iterable[int]) -> dict[int, str]:
    """What the record holds for promises at their registration; one statement."""
    rows = Entry.objects.filter(thing=LIFE, step="register", thing_id__in=list(ids)).order_by("id")
    return {row.thing_id: str(row.facts.get("notes", {}).get("hash", "")) for row in rows}


def faults(things: Iterable[Commitment]) -> list[Commitment]:
    """The registered promises whose content no longer fits the hash of the record."""
    registered = [one for one in things if one.registered_at is not None]
    held = recorded_hashes(one.pk for one in registered)
    return [one for one in registered if not held.get(one.pk) == one.content_hash == digest(one)]


def verify(thing: Commitment) -> None:
    """Pass, or raise Tampered."""
    if faults([thing]):
        raise Tampered(
            _("The promise %(number)s is not the one that was registered.") % {"number": thing.number},
            _("Its content does not fit the hash kept in the record."),
            _("Restore it from a backup and find out who changed the database."),
        )
