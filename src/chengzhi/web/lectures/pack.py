"""The printed pack: plan, agenda, figures with their day, map, cases, questions, a blank sheet for each group."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from chengzhi import clock
from chengzhi.branch.lectures import queries
from chengzhi.branch.lectures.agenda import agenda, questions
from chengzhi.web.access import Request, permitted
from chengzhi.web.lectures.showing import language, of_domain, row

BLANK_LINES = range(6)


@permitted("branch.view")
@require_GET
def printed(request: Request, number: str) -> HttpResponse:
    """On A4. Paper goes from hand to hand: no number of a case stands on it."""
    lecture, on = queries.lecture(number, by=request.actor), clock.now()
    parts = agenda(lecture.form, language())
    facts = {
        **row(lecture), **of_domain(lecture, by=None, on=on), "now": on, "agenda": parts,
        "minutes": sum(one.minutes for one in parts), "texts": lecture.texts.order_by("pk"),
        "prompts": [line for line in lecture.prompts.splitlines() if line.strip()],
        "questions": questions(language()), "blank": BLANK_LINES,
    }  # fmt: skip
    return render(request, "lectures/print.html", facts)
