"""Parties named in a register's file: found by credit code or name, made where there is none."""

from collections import defaultdict
from typing import Any

from django.db import connection
from django.db.models import Q

from chengzhi.ledger.actions import Line, record_many
from chengzhi.pipeline.admitting import reserve_ids
from chengzhi.pipeline.register_matching import Admission
from chengzhi.places.words import bigrams
from chengzhi.registers.contact import read_contact
from chengzhi.registers.exchange import Rows
from chengzhi.registers.models import Party

AMBIGUOUS = "ambiguous_party"
Asked = tuple[str, str]


def refer_parties(rows: Rows, run: Admission, wanted: list[int], *, make: bool) -> None:
    """Give the rows at these positions their `party_id`; with `make`, missing parties are entered.

    A name that several parties bear is flagged and left open.
    """
    names, codes = rows.values.get("party"), rows.said.get("credit_code")
    if names is None or run.kind.party is None:
        return
    asked: dict[Asked, list[int]] = defaultdict(list)
    for at in wanted:
        code = (codes[at] or "").upper() if codes else ""
        if names[at]:
            asked[names[at], code].append(at)
    found = _found(run, list(asked))
    missing = [one for one in asked if one not in found]
    if make and missing:
        found |= _made(run, missing, rows, asked)
    column: list[Any] = [None] * len(rows)
    for one, places in asked.items():
        for at in places:
            column[at] = found.get(one) or None
            if found.get(one) == 0:
                rows.flag(at, AMBIGUOUS)
    rows.values["party_id"] = column


def _found(run: Admission, asked: list[Asked]) -> dict[Asked, int]:
    """Asked → party; 0 where a name alone does not tell which."""
    names = sorted({name for name, _code in asked})
    codes = sorted({code for _name, code in asked if code})
    here = Party.objects.filter(district=run.district, kind=run.kind.party, state="active")
    rows = here.filter(Q(name__in=names) | Q(credit_code__in=codes))
    by_code: dict[str, int] = {}
    by_name: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for number, name, code in rows.values_list("pk", "name", "credit_code"):
        if code:
            by_code[code] = number
        by_name[name].append((number, code))
    found: dict[Asked, int] = {}
    for name, code in asked:
        same = [number for number, known in by_name[name] if not code or not known]
        if code in by_code and code:
            found[name, code] = by_code[code]
        elif same:
            found[name, code] = same[0] if len(same) == 1 else 0
    return found


_COLUMNS = (
    "id", "district_id", "kind", "name", "bigrams", "credit_code", "contact", "phone_mark", "state", "flags",
    "version", "created_at", "updated_at",
)  # fmt: skip


def _made(
    run: Admission, missing: list[Asked], rows: Rows, asked: dict[Asked, list[int]]
) -> dict[Asked, int]:
    ids = reserve_ids(len(missing), "registers_party")
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY registers_party ({', '.join(_COLUMNS)}) FROM STDIN") as copy,
    ):
        for number, one in zip(ids, missing, strict=True):
            copy.write_row(_party(run, number, one, rows, asked[one][0]))
    facts = {"run": run.run_id, "kind": run.kind.party}
    record_many(
        Line(run.district.pk, "party", number, "imported", run.by, run.on, after="active", facts=facts)
        for number in ids
    )
    return dict(zip(missing, ids, strict=True))


def _party(run: Admission, number: int, one: Asked, rows: Rows, at: int) -> tuple[Any, ...]:
    said: dict[str, Any] = {name: rows.said[name][at] for name in ("person", "phone") if name in rows.said}
    sealed = read_contact(said)[0].columns(run.district.pk) if any(said.values()) else {}
    return (
        number, run.district.pk, run.kind.party, one[0][:120], bigrams(one[0]), one[1], sealed.get("contact"),
        sealed.get("phone_mark"), "active", [], 0, run.on, run.on,
    )  # fmt: skip
