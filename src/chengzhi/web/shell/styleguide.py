"""The style guide: every component in every state, on one page."""

from datetime import timedelta

import segno
from django import forms
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chengzhi import clock
from chengzhi.web.access import public
from chengzhi.web.shell.problems import answer, words_for
from chengzhi.web.shell.samples import LAYERS, graded, history, rows

STATUSES = (400, 404, 429, 500, 503)


class SampleForm(forms.Form):
    """One field of each kind."""

    title = forms.CharField(
        label=gettext_lazy("What is it?"), help_text=gettext_lazy("A few words are enough.")
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[("", "—"), ("1", gettext_lazy("Broken pavement")), ("2", gettext_lazy("Street stall"))],
    )
    text = forms.CharField(label=gettext_lazy("Details"), widget=forms.Textarea, required=False)
    urgency = forms.ChoiceField(
        label=gettext_lazy("How urgent?"),
        widget=forms.RadioSelect,
        choices=[("1", gettext_lazy("ordinary")), ("2", gettext_lazy("danger to people"))],
    )
    agree = forms.BooleanField(label=gettext_lazy("Tell me when it is done"), required=False)
    day = forms.DateField(
        label=gettext_lazy("Seen on"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    count = forms.IntegerField(label=gettext_lazy("How many?"), required=False, disabled=True)


def sample_code() -> SafeString:
    """The QR code of a label, of an address that is none."""
    picture = segno.make("https://city.example/o/2345678abc/", error="q").svg_inline(border=2, omitsize=True)
    return mark_safe(picture)  # noqa: S308 -- drawn by segno from our own text


@public
def page(request: HttpRequest) -> HttpResponse:
    """Shows every component; works without a log-in and without a district."""
    now = clock.now()
    wrong = SampleForm({"wrong-urgency": "1"}, prefix="wrong")
    wrong.is_valid()
    return render(
        request,
        "styleguide/page.html",
        {
            "form": SampleForm(),
            "wrong": wrong,
            "rows": rows(now),
            "graded": graded(),
            "history": history(now),
            "soon": now + timedelta(hours=3),
            "past": now - timedelta(days=2, hours=5),
            "far": now + timedelta(days=200),
            "undo_until": now + timedelta(minutes=9),
            "statuses": STATUSES,
            "sample_code": sample_code(),
            "running": {
                "title": _("Export of the whole filter"),
                "done": 41_200,
                "total": 58_251,
                "state": "running",
                "seconds_left": 34,
            },
            "finished": {
                "title": _("Import"),
                "done": 1000,
                "total": 1000,
                "state": "done",
                "result_url": "#",
            },
            "failed": {
                "title": _("Import"),
                "done": 310,
                "total": 1000,
                "state": "failed",
                "message": _("Row 311 could not be read."),
            },
        },
    )


@public
def desk(request: HttpRequest) -> HttpResponse:
    """The desk's frame around sample rows, with the navigation of whoever looks."""
    return render(request, "styleguide/desk.html", {"rows": rows(clock.now())})


@public
def layer(request: HttpRequest, layer: str) -> JsonResponse:
    """Sample map layers, so that the map can be seen before any district is loaded."""
    if layer not in LAYERS:
        raise Http404
    return JsonResponse(LAYERS[layer](request.GET))


@public
def live(request: HttpRequest) -> HttpResponse:
    """A fragment for conditional polling: the same until the minute changes."""
    tag = f'"{clock.now():%H%M}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers={"ETag": tag})
    response = render(request, "styleguide/live.html", {"now": clock.now()})
    response["ETag"] = tag
    return response


@public
def error(request: HttpRequest, status: int) -> HttpResponse:
    """An error page as people would see it."""
    if status not in STATUSES:
        raise Http404
    return answer(request, words_for(status))
