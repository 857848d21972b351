"""Lists and replies of the upper level as files, for the command line."""

from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from chengzhi.errors import Problem
from chengzhi.people.actor import Actor
from chengzhi.pipeline.loading import district_named
from chengzhi.pipeline.upper import parse_upper, read_list, saved, suggest_upper, take_list
from chengzhi.reports.upper import mark_replied
from chengzhi.reports.upper_queries import to_send
from chengzhi.reports.upper_replies import write_files


class BadReplyFile(Problem):
    """The file of replies cannot be written as asked."""

    code: ClassVar[str] = "upper.bad_reply_file"


def load(path: Path, *, system: str, slug: str, on: datetime) -> dict[str, Any]:
    """Take a list on; ``read = new + matched + changed + same + rejected``."""
    district = district_named(slug)
    body = saved(district.pk, system) or parse_upper(suggest_upper(path), system)
    return take_list(read_list(path, body, district), system, district=district, by=Actor.system(), on=on)


def in_words(done: dict[str, Any]) -> str:
    """The counts as a person reads them."""
    words = "{read} lines read: {new} new, {matched} matched, {changed} changed, {same} as before, {rejected} rejected."
    return "\n".join([words.format(**done), *(f"row {one['row']}: {one['why']}" for one in done["reasons"])])


def write_replies(path: Path, *, system: str, slug: str | None, on: datetime) -> dict[str, Any]:
    """Write the confirmed replies and their photos, then mark them sent; one upper system at a time."""
    if path.suffix.lower() not in (".csv", ".xlsx"):
        raise BadReplyFile(
            _("%(file)s ends neither in .csv nor in .xlsx.") % {"file": path.name}, "", _("Name the file so.")
        )
    orders = to_send(district_named(slug).pk, system=system)
    several = sorted({order.system for order in orders})
    if len(several) > 1:
        raise BadReplyFile(
            _("Replies to several systems are ready: %(names)s.") % {"names": ", ".join(several)},
            _("Each has a form of its own."), _("Name one of them with --system."),
        )  # fmt: skip
    archive, photos = write_files(orders, path)
    mark_replied(orders, by=Actor.system(), on=on)
    return {"replies": len(orders), "photos": photos, "file": str(path),
            "photo_archive": str(archive) if photos else None}  # fmt: skip
