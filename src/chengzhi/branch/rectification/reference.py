"""The life of the rectification ledger as reference pages in both languages, from its table."""

from chengzhi.branch.rectification.life import ITEM_LIFE
from chengzhi.branch.rectification.workings import CHECKS
from chengzhi.lifecycle.reference import markdown


def pages() -> dict[str, str]:
    """File name → text of the page."""
    return {f"rectification-life{end}": markdown(ITEM_LIFE, language, CHECKS)
            for language, end in (("en", ".md"), ("zh", ".zh.md"))}  # fmt: skip
