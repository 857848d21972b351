"""What a party says on its own page, and what the bureau answers. Nothing closes by itself."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from chengzhi.errors import Problem
from chengzhi.files.actions import keep
from chengzhi.ledger.actions import record
from chengzhi.people.actor import Actor
from chengzhi.people.rules import may, refusal
from chengzhi.registers.models import Party, PartySaid, RegisteredObject

LONGEST = 2000
MOST_FILES = 3
ANSWERERS = ("case.check", "register.edit", "inspection.visit")
"""Who may look at what a party said: one of these permissions is enough."""


class NothingSaid(Problem):
    """An objection without a word, or a correction with neither word nor photo."""

    code: ClassVar[str] = "registers.nothing_said"
    status: ClassVar[int] = 422


class AnsweredAlready(Problem):
    """Somebody has looked at it and answered before."""

    code: ClassVar[str] = "registers.answered_already"
    status: ClassVar[int] = 409


class AnswerMissing(Problem):
    """An answer without a result."""

    code: ClassVar[str] = "registers.answer_missing"
    status: ClassVar[int] = 422


@transaction.atomic
def say(
    party: Party,
    *,
    kind: str,
    by: Actor,
    on: datetime,
    text: str = "",
    file_ids: Sequence[int] = (),
    thing: RegisteredObject | None = None,
    case_id: int | None = None,
) -> PartySaid:
    """Keep what the party says: `kind` is "corrected" or "objects". It waits until somebody looks.

    Raises NothingSaid. Who may say it was asked before: the page's code is the party's own.
    """
    words = text.replace("\r\n", "\n").strip()[:LONGEST]
    if not words and not (kind == PartySaid.Kind.CORRECTED and file_ids):
        raise NothingSaid(
            _("There is nothing to send yet."),
            _("An objection needs words; a correction needs a photo or words."),
            _("Write a sentence or add a photo, and send it again."),
        )
    made = PartySaid.objects.create(
        district_id=party.district_id, party=party, object=thing, case_id=case_id,
        kind=PartySaid.Kind(kind), text=words, said_at=on,
    )  # fmt: skip
    made.files.set(list(file_ids)[:MOST_FILES])
    keep(list(file_ids))
    _note(made, "said", by, on)
    return made


@transaction.atomic
def answer(said_id: int, *, result: str, by: Actor, on: datetime, text: str = "") -> PartySaid:
    """Somebody has looked: cleared, not yet, or noted. The party reads the answer on its page.

    Raises NotAllowed, AnsweredAlready, AnswerMissing.
    """
    found = PartySaid.objects.select_for_update().get(pk=said_id)
    if not any(may(by, one) for one in ANSWERERS) or by.district_id != found.district_id:
        raise refusal(ANSWERERS[0])
    if found.answered_at is not None:
        raise AnsweredAlready(_("Somebody has answered this already."), "", _("Reload the page."))
    if result not in PartySaid.Result.values or not result:
        raise AnswerMissing(_("Say what you found."), "", _("Choose one of the results."))
    found.result, found.answer = result, text.strip()[:500]
    found.answered_by, found.answered_at = by.account_id, on
    found.save(update_fields=["result", "answer", "answered_by", "answered_at"])
    _note(found, "answer_said", by, on)
    return found


def _note(said: PartySaid, step: str, by: Actor, on: datetime) -> None:
    """Into the record of the party, and of the object it is about; what was said stands in the row alone."""
    facts = {"said": said.pk, "kind": said.kind, "case": said.case_id}
    about = [("party", said.party_id)]
    about += [("object", said.object_id)] if said.object_id else []
    for thing, number in about:
        record(
            district_id=said.district_id, thing=thing, thing_id=number, step=step, by=by, on=on, facts=facts
        )


def said_of(party: Party) -> "QuerySet[PartySaid]":
    """What a party has said, and the doubles merged into it; the newest first."""
    whose = Q(party=party) | Q(party__merged_into=party)
    return PartySaid.objects.filter(whose).select_related("object").order_by("-id")


def open_said(district_id: int) -> "QuerySet[PartySaid]":
    """What nobody has looked at yet, the oldest first."""
    rows = PartySaid.objects.filter(district_id=district_id, answered_at=None)
    return rows.select_related("party", "object").prefetch_related("files").order_by("id")
