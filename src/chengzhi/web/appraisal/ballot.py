"""Casting a ballot with the token of a paper: two pages without log-in, without JavaScript.

Never put a token, a mark or a time into a log, a message or a row here.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chengzhi import clock
from chengzhi.branch.appraisal import casting, grading
from chengzhi.branch.appraisal.models import Round
from chengzhi.branch.appraisal.problems import BadBallot, BallotClosed, TokenRefused
from chengzhi.errors import Problem
from chengzhi.web.access import public
from chengzhi.web.appraisal.ballot_lane import ENGLISH

LONGEST = 64


@public
def paper(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for the token; then show the ballot behind it; then put it in."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])  # Django's decorator would log it
    if request.method != "POST":
        return _ask(code)
    token = request.POST.get("token", "")[:LONGEST]
    try:
        if "send" in request.POST:
            return _cast(request, code, token)
        return _ballot(casting.sheet(code, token, on=clock.now()), code, token, {})
    except TokenRefused as refused:
        return _ask(code, refused)
    except Problem as refused:
        return _page("ballot_done", {"problem": refused, **_basis()}, refused.status)


def _ask(code: str, problem: Problem | None = None) -> HttpResponse:
    """The first page. Raises BallotClosed where no ballot of that code is open."""
    row = Round.objects.filter(code=code).first()
    over = row is not None and row.closes_at is not None and row.closes_at <= clock.now()
    if row is None or row.state != "voting" or over:
        closed = BallotClosed(
            _("This ballot is not open."), _("No ballots are taken before it opens or after it closed."),
            _("Ask the tellers when it is open; compare the address with your paper."),
        )  # fmt: skip
        return _page("ballot_done", {"problem": closed, **_basis()}, closed.status)
    facts = {"row": row, "problem": problem, **_basis()}
    return _page("ballot_token", facts, problem.status if problem else 200)


def _cast(request: HttpRequest, code: str, token: str) -> HttpResponse:
    said = casting.sheet(code, token, on=clock.now())
    marks = {number: request.POST.get(f"m{number}", "") for number, _name in said.names}
    marks = {number: mark for number, mark in marks.items() if mark}
    try:
        casting.cast(code, token, marks, on=clock.now())
    except BadBallot as refused:
        return _ballot(said, code, token, marks, refused)
    return _page("ballot_done", {"problem": None, "row": said.round, **_basis()})


def _ballot(
    said: casting.Sheet, code: str, token: str, marks: dict[int, str], problem: Problem | None = None
) -> HttpResponse:
    choices = [(one["key"], _local(one)) for one in said.grades]
    choices += [(grading.ABSTAIN, _("Abstain")), (grading.SELF, _("This is me"))]
    facts = {
        "row": said.round, "token": token, "problem": problem, "choices": choices, "each": said.each_is_rated,
        "names": [(number, name, marks.get(number, "")) for number, name in said.names],
        "criteria": [_local(one) for one in said.round.rules.get("criteria", ())], **_basis(),
    }  # fmt: skip
    return _page("ballot_marks", facts, problem.status if problem else 200)


def _local(one: Any) -> str:
    return str(one["name"] if _chinese() else one["name_en"])


def _chinese() -> bool:
    return (get_language() or "zh").startswith("zh")


def _basis() -> dict[str, Any]:
    rows = grading.shipped()["basis"]
    said = [f"{one['rule']} {one['article' if _chinese() else 'article_en']}" for one in rows]
    return {"basis": ("；" if _chinese() else "; ").join(said), "chinese": _chinese(), "english": ENGLISH}


def _page(name: str, facts: dict[str, Any], status: int = 200) -> HttpResponse:
    """A page made without the request: no context processor asks who is there."""
    return HttpResponse(render_to_string(f"appraisal/{name}.html", facts), status=status)
