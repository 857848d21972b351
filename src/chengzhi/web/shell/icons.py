"""Icons from the lucide set, inlined as SVG so that they follow the text colour."""

import json
from functools import cache, lru_cache
from pathlib import Path

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

NODES = Path(__file__).parents[1] / "static" / "vendor" / "lucide-static" / "icon-nodes.json"


class UnknownIconError(KeyError):
    """A template names an icon that the icon set does not hold."""


SIZES = {"small": "icon icon-small", "normal": "icon", "large": "icon icon-large"}


@cache
def shapes() -> dict[str, str]:
    """Icon name → inner SVG markup. Empty when the assets were not fetched yet."""
    if not NODES.exists():
        return {}
    nodes: dict[str, list[tuple[str, dict[str, str]]]] = json.loads(NODES.read_text("utf-8"))
    return {name: "".join(_shape(tag, attrs) for tag, attrs in parts) for name, parts in nodes.items()}


def _shape(tag: str, attrs: dict[str, str]) -> str:
    pairs = "".join(f' {key}="{escape(value)}"' for key, value in attrs.items())
    return f"<{tag}{pairs}/>"


@lru_cache(maxsize=1024)
def icon_svg(name: str, label: str = "", size: str = "normal") -> SafeString:
    """The SVG of an icon; with `label` it is an image with that name, else decoration.

    Raises:
        UnknownIconError: the set is present and holds no icon of that name.
    """
    known = shapes()
    if known and name not in known:
        raise UnknownIconError(name)
    css = SIZES.get(size, "icon")
    access = format_html('role="img" aria-label="{}"', label) if label else 'aria-hidden="true"'
    # The shapes come from the pinned icon package and were escaped attribute by attribute.
    return mark_safe(  # noqa: S308
        f'<svg class="{css}" viewBox="0 0 24 24" {access}>{known.get(name, "")}</svg>'
    )
