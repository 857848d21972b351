"""The life of a lecture as reference pages in both languages, from its table."""

from chengzhi.branch.lectures.life import LECTURE_LIFE
from chengzhi.branch.lectures.workings import CHECKS
from chengzhi.lifecycle.reference import markdown


def pages() -> dict[str, str]:
    """File name → text of the page."""
    return {f"lecture-life{end}": markdown(LECTURE_LIFE, language, CHECKS)
            for language, end in (("en", ".md"), ("zh", ".zh.md"))}  # fmt: skip
