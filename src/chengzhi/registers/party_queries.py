"""Reads of responsible parties."""

from dataclasses import dataclass

from django.db.models import Count, Q

from chengzhi.people.actor import Actor
from chengzhi.people.phones import is_phone, normal_phone
from chengzhi.people.sealing import same_phone_mark
from chengzhi.places.words import bigrams
from chengzhi.registers.filters import behind, key_in, token_of
from chengzhi.registers.models import Party, RegisteredObject
from chengzhi.registers.rules import seen

PAGE = 50
CAP = 1_000
ORDER = ("kind", "id")


@dataclass(frozen=True, slots=True)
class PartyPage:
    """One page of parties; `objects` counts what each answers for in the street."""

    rows: list[Party]
    objects: dict[int, int]
    next: str | None
    total: int
    capped: bool


def party_page(
    actor: Actor, *, kind: str = "", text: str = "", after: str | None = None, limit: int = PAGE
) -> PartyPage:
    """Active parties of the person's district by kind and entry; by words, credit code or telephone.

    A telephone is compared by its mark, and only for those who may see contacts. Raises BadFilter.
    """
    rows = Party.objects.filter(_matching(text, actor), state="active", **seen(actor))
    rows = rows.filter(kind=kind) if kind else rows
    total = rows.order_by()[: CAP + 1].values("pk").count()
    key = key_in(after, ORDER)
    rows = rows.filter(behind(ORDER, key, one_kind=bool(kind))) if key else rows
    found = list(rows.order_by(*ORDER).defer("bigrams", "contact")[: limit + 1])
    shown = found[:limit]
    last = token_of((shown[-1].kind, shown[-1].pk)) if len(found) > limit else None
    return PartyPage(shown, _objects([row.pk for row in shown]), last, min(total, CAP), total > CAP)


def _matching(text: str, actor: Actor) -> Q:
    plain, number = text.strip(), normal_phone(text)
    if not plain:
        return Q()
    where = Q(credit_code=plain.upper())
    if is_phone(number) and "party.view" in actor.permissions:
        where |= Q(phone_mark=same_phone_mark(number))
    wanted = bigrams(plain)
    return where | Q(bigrams__contains=wanted) if wanted else where


def _objects(parties: list[int]) -> dict[int, int]:
    rows = RegisteredObject.objects.filter(party__in=parties, live=True)
    return dict(rows.order_by("party").values_list("party").annotate(n=Count("pk")))


def objects_of_party(party_id: int, *, live: bool | None = None) -> list[RegisteredObject]:
    """What a party answers for, by register and number."""
    rows = RegisteredObject.objects.filter(party_id=party_id).exclude(state="merged")
    rows = rows if live is None else rows.filter(live=live)
    return list(rows.select_related("area", "street_area", "unit").defer("bigrams", "shape").order_by(*ORDER))
