"""Terms that run by law from a day of the object, such as how long a vehicle may be held.

The term is kept like a permit that runs out: calendars, lists and the object's page read it the
same way, and its one extension is a renewal.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from chengzhi.domains.dates import read_date
from chengzhi.domains.kinds import Kind, Term
from chengzhi.law.rules import RULES
from chengzhi.registers.policies import day_in, policy


def term_of(kind: Kind) -> Term | None:
    """The term this kind is under, if any."""
    return kind.permit.term if kind.permit else None


def span(kind: Kind, facts: Mapping[str, Any], district_id: int, on: datetime) -> tuple[date, date] | None:
    """The day the term begins and its last day; None without a term or while the day is unknown."""
    term = term_of(kind)
    begun = read_date(facts[term.field]) if term and facts.get(term.field) else None
    if term is None or begun is None:
        return None
    return begun, begun + timedelta(days=int(policy(district_id, term.days, on)))


def latest(kind: Kind, ends_on: date, district_id: int, on: datetime) -> tuple[date, str] | None:
    """The last day an extension may reach, and the article; None where no term binds."""
    term = term_of(kind)
    if term is None:
        return None
    article = RULES[term.extension].at(day_in(district_id, on)).article
    return ends_on + timedelta(days=int(policy(district_id, term.extension, on))), article
