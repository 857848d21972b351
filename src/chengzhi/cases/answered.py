"""A party's answer that is about a case: its photos go to the case, its words wait to be looked at.

Nothing is closed and no clock stops: somebody looks, and the case goes on as its life says.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from chengzhi.cases.models import Case, CasePhoto
from chengzhi.ledger.actions import record
from chengzhi.people.actor import Actor
from chengzhi.registers.models import Party, PartySaid, RegisteredObject
from chengzhi.registers.said import say

STEPS = {PartySaid.Kind.CORRECTED: "party_corrected", PartySaid.Kind.OBJECTS: "party_objects"}
"""What was said → the entry in the case's record."""


@transaction.atomic
def take_answer(
    party: Party,
    *,
    kind: str,
    by: Actor,
    on: datetime,
    text: str = "",
    file_ids: Sequence[int] = (),
    case: Case | None = None,
    thing: RegisteredObject | None = None,
) -> PartySaid:
    """Keep what a party says on its own page; with a case, its photos and an entry go to that case.

    Raises NothingSaid.
    """
    said = say(
        party, kind=kind, text=text, file_ids=file_ids, thing=thing, case_id=case.pk if case else None,
        by=by, on=on,
    )  # fmt: skip
    if case is not None:
        CasePhoto.objects.bulk_create(
            CasePhoto(case=case, file_id=one, stage="other", added_at=on) for one in file_ids
        )
        record(
            district_id=case.district_id, thing="case", thing_id=case.pk, by=by, on=on,
            step=STEPS[PartySaid.Kind(kind)], facts={"said": said.pk, "party": party.pk, "photos": len(file_ids)},
        )  # fmt: skip
    return said


def answers_of(case_id: int) -> list[PartySaid]:
    """What parties said about a case, the newest first."""
    return list(PartySaid.objects.filter(case_id=case_id).select_related("party").order_by("-id"))
