"""What the district's rules of practice say of a round: enough people present, not too many of the top grade."""

from datetime import date

from chengzhi.branch.appraisal.models import Round
from chengzhi.branch.organisation import practice
from chengzhi.branch.organisation.models import PracticeRule


def turnout(row: Round, /, *, present: int, day: date) -> practice.Verdict | None:
    """Whether enough of 应到会 came (到会); None where the district has no such rule in force."""
    found = _rule(row, "quorum", day)
    return practice.quorum(found, expected=row.expected, present=present) if found else None


def top_share(row: Round, /, *, given: int, day: date) -> practice.Verdict | None:
    """Whether no more than the allowed number has the capped grade; None without a rule in force."""
    found = _rule(row, "cap", day)
    return (
        practice.top_share(found, whole=row.ratees.filter(graded=True).count(), given=given)
        if found
        else None
    )


def _rule(row: Round, name: str, day: date) -> PracticeRule | None:
    key = row.rules.get(name, {}).get("rule")
    if not key:
        return None  # planned before the rule was named in the data
    try:
        return practice.rule(row.district_id, key, day, pack=row.body.pack)
    except practice.NoRule:
        return None
