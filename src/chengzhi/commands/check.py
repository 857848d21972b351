"""`chengzhi check`: what is misconfigured."""

import fcntl
from pathlib import Path

import click
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from chengzhi.commands._output import json_option, report
from chengzhi.commands._session import installation

WORDS = {
    "error": pgettext_lazy("finding", "ERROR"),
    "warning": pgettext_lazy("finding", "warning"),
    "note": pgettext_lazy("finding", "note"),
}


@click.command()
@json_option
def command(as_json: bool) -> int:
    """Say in plain words what is misconfigured, with an id and a cure; exit 1 on an error."""
    with installation(migrated=False):
        from django.conf import settings

        from chengzhi import clock
        from chengzhi.checks import as_json as findings_json
        from chengzhi.checks import find_all, surroundings

        findings = find_all(surroundings(on=clock.now(), running=is_running(settings.HOME)))
        result = findings_json(findings)
        lines = [f"{WORDS[f.level]} {f.id}: {f.what}\n  {f.why}\n  {f.cure}" for f in findings]
        lines.append(_("All is well.") if result["ok"] else _("Not all is well."))
    if not result["ok"]:
        worst = findings[0]
        result["error"] = {"code": worst.id, "what": worst.what, "why": worst.why, "cure": worst.cure}
    report(as_json, result, "\n".join(lines))
    return 0 if result["ok"] else 1


def is_running(home: Path) -> bool:
    """Whether a `chengzhi up` holds this home."""
    path = home / "run" / "up"
    if not path.exists():
        return False
    with path.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
