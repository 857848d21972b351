"""docs/reference/case-life.md in both languages, made from the table."""

from chengzhi.cases.checks import CHECKS
from chengzhi.cases.life import CASE_LIFE
from chengzhi.lifecycle.reference import markdown


def pages() -> dict[str, str]:
    """File name → text of the reference pages of a case's life."""
    return {
        "case-life.md": markdown(CASE_LIFE, "en", CHECKS),
        "case-life.zh.md": markdown(CASE_LIFE, "zh", CHECKS),
    }
