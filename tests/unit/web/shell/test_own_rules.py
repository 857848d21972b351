"""Rules of the page files that a reader cannot check by eye: no inline code, known icons, full Chinese."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from chengzhi.web.shell.icons import shapes

WEB = Path(__file__).resolve().parents[4] / "src" / "chengzhi" / "web"
TEMPLATES = sorted(WEB.glob("**/templates/**/*.html"))
SCRIPTS = sorted((WEB / "static" / "chengzhi").glob("*.js"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(WEB)))
def test_a_page_holds_no_style_and_no_inline_script(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"<style|\sstyle=\"[^\"{%]*:|\son[a-z]+=\"|hx-on", text)
    for script in re.findall(r"<script\b[^>]*>", text):
        assert "src=" in script or 'type="application/json"' in script, script


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(WEB)))
def test_icons_named_in_pages_exist(path: Path) -> None:
    assert set(re.findall(r'{% icon "([^"]+)"', path.read_text("utf-8"))) <= set(shapes())


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_stay_small_and_ask_no_foreign_server(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) < 250
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text)


def test_every_msgid_of_the_frame_has_its_chinese() -> None:
    path = WEB / "shell" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    with path.open("rb") as file:
        catalogue = read_po(file, locale="zh_Hans")
    empty = [
        message.id
        for message in catalogue
        if message.id and not all(message.string if isinstance(message.string, tuple) else [message.string])
    ]
    assert empty == []
    assert not any(message.fuzzy for message in catalogue if message.id)


def test_every_word_in_the_frame_is_in_the_catalogue() -> None:
    """A msgid added to a template and forgotten in the catalogue shows up here."""
    path = WEB / "shell" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    with path.open("rb") as file:
        known = {m.id[0] if isinstance(m.id, tuple) else m.id for m in read_po(file, locale="zh_Hans")}
    frame = [WEB / "templates" / name for name in ("base.html", "public.html")]
    frame += [
        path
        for folder in ("components", "errors", "styleguide")
        for path in (WEB / "templates" / folder).glob("*.html")
    ]
    used = {
        word.replace("%", "%%") if "%" in word else word
        for path in frame
        for word in re.findall(r"""{% trans (?:"([^"]+)"|'([^']+)') """, path.read_text("utf-8"))
        for word in word
        if word
    }
    assert used <= known
