"""Night-time clarity: background work, and whether the parts of the installation serve."""

import shutil
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from chengzhi import clock
from chengzhi.jobs.models import Heartbeat, JobRun
from chengzhi.jobs.queries import worker_lives
from chengzhi.notices.queries import failed
from chengzhi.web.access import Request, permitted

PAGE = 50
LITTLE_SPACE = 2_000_000_000
"""Bytes free on disk below which photos and imports may soon fail."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the installation: lamp, what it is, what is so, what to do."""

    lamp: str
    name: str
    says: str
    cure: str = ""

    @property
    def word(self) -> str:
        """The lamp's word: colour never carries the meaning alone."""
        return {"green": _("serves"), "red": _("needs you"), "grey": _("not set up")}[self.lamp]


@permitted("jobs.view")
def jobs(request: Request) -> HttpResponse:
    """Background work of this district, newest first; `?state=failed`."""
    rows = JobRun.objects.filter(Q(district_id=request.actor.district_id) | Q(district_id=None)).order_by(
        "-id"
    )
    state = request.GET.get("state", "")
    if state in JobRun.State.values:
        rows = rows.filter(state=state)
    before = request.GET.get("before", "")
    if before.isdecimal():
        rows = rows.filter(id__lt=int(before))
    found = list(rows[: PAGE + 1])
    facts = {
        "rows": found[:PAGE],
        "more": found[PAGE - 1].pk if len(found) > PAGE else 0,
        "state": state,
        "states": JobRun.State.values,
        "alive": worker_lives(on=clock.now()),
    }
    template = "manage/_jobs.html" if request.headers.get("HX-Request") else "manage/jobs.html"
    return render(request, template, facts)


@permitted("jobs.view")
def page(request: Request) -> HttpResponse:
    """Each part with a lamp and a cure."""
    parts = [_database(), _worker(), _disk(), _mail(), _messages(request.actor.district_id or 0)]
    return render(request, "manage/health.html", {"parts": parts})


def _database() -> Part:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), pg_database_size(current_database())")
        version, size = cursor.fetchone() or ("?", 0)
    says = _("PostgreSQL %(version)s, %(size)s MB") % {"version": version, "size": f"{size // 1_000_000:,}"}
    return Part("green", _("Database"), says)


def _worker() -> Part:
    beat = Heartbeat.objects.filter(part="worker").first()
    if worker_lives(on=clock.now()):
        waiting = JobRun.objects.filter(state=JobRun.State.QUEUED).count()
        return Part("green", _("Worker"), _("at work; %(n)d jobs wait") % {"n": waiting})
    seen = f"{beat.seen_at:%Y-%m-%d %H:%M} UTC" if beat else _("never")
    return Part("red", _("Worker"), _("no sign of life; last seen %(seen)s") % {"seen": seen},
                _("Start it: `chengzhi worker`, or restart `chengzhi up`."))  # fmt: skip


def _disk() -> Part:
    free = shutil.disk_usage(settings.HOME).free
    says = _("%(size)s GB free") % {"size": f"{free / 1e9:.1f}"}
    if free < LITTLE_SPACE:
        return Part("red", _("Disk"), says, _("Make room or move CHENGZHI_HOME to a larger disk."))
    return Part("green", _("Disk"), says)


def _mail() -> Part:
    if settings.ENV["CHENGZHI_SMTP_URL"]:
        return Part("green", _("Mail"), _("a mail server is set"))
    return Part("grey", _("Mail"), _("no mail server: nobody gets mail, links are handed over"),
                _("Set CHENGZHI_SMTP_URL."))  # fmt: skip


def _messages(district_id: int) -> Part:
    number = failed(district_id).count()
    if number:
        return Part("red", _("Messages"), _("%(n)d messages could not be sent") % {"n": number},
                    _("Look at their errors; they can be sent again."))  # fmt: skip
    return Part("green", _("Messages"), _("none has failed"))
