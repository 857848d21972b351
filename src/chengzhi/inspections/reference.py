"""The lives of rounds, approvals and deductions as reference pages in both languages, from their tables."""

from chengzhi.inspections.life import APPROVAL_LIFE, DEDUCTION_LIFE, ROUND_LIFE
from chengzhi.inspections.workings import CHECKS
from chengzhi.lifecycle.reference import markdown


def pages() -> dict[str, str]:
    """File name → text of the page."""
    return {
        f"{life.name}-life{end}": markdown(life, language, CHECKS)
        for life in (ROUND_LIFE, APPROVAL_LIFE, DEDUCTION_LIFE)
        for language, end in (("en", ".md"), ("zh", ".zh.md"))
    }
