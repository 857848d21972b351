"""A command speaks the language of its terminal: Chinese where the environment says so, else English."""

import gettext
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from chengzhi import errors

PACKAGE = Path(__file__).resolve().parent.parent
#: As POSIX ranks them: the first that is set decides.
VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


def of_terminal(environment: Mapping[str, str]) -> str:
    """Django's code of the terminal's language, "zh-hans" or "en"."""
    said = next((environment[name] for name in VARIABLES if environment.get(name)), "")
    return "zh-hans" if said.lower().startswith("zh") else "en"


@contextmanager
def spoken() -> Iterator[None]:
    """Say messages in the terminal's language; also before Django is ready, or when it cannot be."""
    language = of_terminal(os.environ)
    from django.apps import apps
    from django.utils import translation

    if apps.ready:
        with translation.override(language):
            yield
        return
    if language != "en":
        errors.speak(_chinese())
    yield


def _chinese() -> Callable[[str], str]:
    """The message files of the package without Django; a message in none of them stays English."""
    found = gettext.NullTranslations()
    for path in sorted(PACKAGE.glob("**/locale/zh_Hans/LC_MESSAGES/django.mo")):
        with path.open("rb") as file:
            found.add_fallback(gettext.GNUTranslations(file))
    return found.gettext
