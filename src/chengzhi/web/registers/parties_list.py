"""The parties a form offers."""

from chengzhi.registers.models import Party
from chengzhi.web.registers.fields import party_text

OFFERED = 200


def options(district_id: int, kind: str | None, text: str = "") -> list[str]:
    """The active parties of a kind as their field takes them, the newest first."""
    rows = Party.objects.filter(district_id=district_id, state="active")
    if kind:
        rows = rows.filter(kind=kind)
    if text:
        rows = rows.filter(name__contains=text)
    return [party_text(one) for one in rows.only("name").order_by("-id")[:OFFERED]]
