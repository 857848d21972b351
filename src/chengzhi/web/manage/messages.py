"""The words of outgoing messages: shipped ones, and the district's own from a day on."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chengzhi import clock
from chengzhi.errors import Problem
from chengzhi.ledger.models import Entry
from chengzhi.notices.kinds import NAMES, Words, kinds
from chengzhi.notices.models import MessageText
from chengzhi.notices.texts import change_words, words_for
from chengzhi.web.access import Request, permitted
from chengzhi.web.manage.days import DatedForm, district_of, today_in
from chengzhi.web.manage.history import LATEST, sentences

SAMPLE = {
    "number": "20260407-00012", "type": "暴露垃圾", "place": "文澜路 12 号", "unit": "环境卫生管理所",
    "due": "2026-04-07 16:30", "why": "已清理", "link": "https://example.org/follow/…", "share": "80%", "count": 3,
}  # fmt: skip
"""Made-up facts of the preview, one for each name in braces."""


class WordsForm(DatedForm):
    """Subject and body; words in braces are filled in when it is sent."""

    subject = forms.CharField(label=_("Subject"), max_length=200)
    body = forms.CharField(label=_("Text"), widget=forms.Textarea(attrs={"rows": 8}))
    field_order = ("subject", "body", "first_day")


@permitted("messages.manage")
def listing(request: Request) -> HttpResponse:
    """Every kind of message with its words in the page's language."""
    district = district_of(request)
    today = today_in(district)
    chinese = request.LANGUAGE_CODE.startswith("zh")
    own = set(MessageText.objects.filter(district=district).values_list("kind", flat=True))
    rows: list[dict[str, Any]] = [
        {
            "key": key,
            "name": one.name if chinese else one.name_en,
            "words": words_for(district.pk, key, request.LANGUAGE_CODE, today),
            "languages": list(one.words),
            "own": key in own,
        }
        for key, one in kinds().items()
    ]
    return render(request, "manage/messages.html", {"rows": rows})


@permitted("messages.manage")
def edit(request: Request, key: str, language: str) -> HttpResponse:
    """Change the words of one kind in one language, from a day on."""
    district = district_of(request)
    today = today_in(district)
    known = kinds().get(key)
    if known is None or language not in known.words:
        raise Http404
    now = words_for(district.pk, key, language, today)
    form = WordsForm(today, request.POST or None, initial={"subject": now.subject, "body": now.body})
    if form.is_valid() and "preview" not in request.POST:
        try:
            change_words(
                district_id=district.pk,
                key=key,
                language=language,
                words=Words(form.cleaned_data["subject"], form.cleaned_data["body"]),
                valid_from=form.cleaned_data["first_day"],
                by=request.actor,
                on=clock.now(),
            )
        except Problem as problem:
            form.add_error("body", str(problem))
        else:
            messages.success(request, gettext("Saved."))
            return redirect("manage:messages")
    rows = MessageText.objects.filter(district=district, kind=key, language=language).values("pk")
    entries = Entry.objects.filter(thing="message_text", thing_id__in=rows).order_by("-id")[:LATEST]
    name = known.name if request.LANGUAGE_CODE.startswith("zh") else known.name_en
    facts = {"form": form, "kind": known, "name": name, "language": language, "shown": _shown(form, now),
             "names": sorted(NAMES), "history": sentences(list(entries))}  # fmt: skip
    return render(request, "manage/message.html", facts)


def _shown(form: WordsForm, now: Words) -> tuple[str, str]:
    """Subject and text as they would go out, with made-up facts; refused words show the ones in force."""
    words = now
    if form.is_bound and form.is_valid():
        typed = Words(form.cleaned_data["subject"], form.cleaned_data["body"])
        try:
            words = typed.checked()
        except Problem as problem:
            form.add_error("body", str(problem))
    return words.filled(SAMPLE)
