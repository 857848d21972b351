"""The result of a named round for the committee: raw figures first, in the order of the list of members."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from chengzhi import clock
from chengzhi.branch.appraisal import named_queries, named_reading
from chengzhi.branch.appraisal.named_models import NamedRound
from chengzhi.branch.appraisal.named_reading import Seen
from chengzhi.branch.appraisal.showing import Shown
from chengzhi.errors import sentence
from chengzhi.web.access import Request, permitted
from chengzhi.web.appraisal.named import Said, state_of
from chengzhi.web.field.wording import local


def refusal_words(code: str) -> str:
    """Why a model says nothing, by the code of the refusal."""
    words = {
        "appraisal.unconnected": _(
            "Raters and ratees fall into parts that no rating joins: nothing is estimated."
        ),
        "appraisal.too_few": _("There are too few marks to compare anybody."),
        "appraisal.round_robin": _(
            "Not everybody rated everybody else, or fewer than four did: no round-robin analysis."
        ),
        "appraisal.unbalanced": _("Some marks are missing: no decision study; the variances answer instead."),
        "appraisal.grades": _("All marks are the same: nothing can be told apart."),
    }
    return words.get(code, _("The model says nothing of these marks."))


def distribution(said: Shown) -> str:
    """A criterion's marks in words, as far as they may be shown."""
    if said.counts is not None:
        return " · ".join(f"{mark}: {n}" for mark, n in said.counts.items() if n)
    if said.band is not None:
        return _("%(mark)s: at least %(n)s") % {"mark": said.band[0], "n": said.band[1]}
    return "—"


def lines(row: NamedRound, one: Seen) -> list[tuple[str, str]]:
    """Criterion in words → its distribution."""
    names = {said["key"]: local(Said(said)) for said in row.rules["criteria"]}
    return [(names[key], distribution(one.criteria[key])) for key in names if key in one.criteria]


@permitted("branch.view")
@require_GET
def result(request: Request, number: str) -> HttpResponse:
    """Everybody's figures, what cannot be told apart, the overlap at the line, raters in aggregate."""
    row, on = named_queries.named_round(number, by=request.actor), clock.now()
    seen = named_reading.summaries(row, by=request.actor, on=on)
    made = named_reading.latest(row, on=on)
    shown = {f"p{one.person.pk}": one.person.member.name for one in seen if not one.hidden}
    blocks = [_block(row, one, shown, request) for one in (made.content["blocks"] if made else ())]
    facts = {
        "row": row, "state": state_of(row), "seen": [(one, lines(row, one)) for one in seen], "made": made,
        "blocks": blocks, "scale": [(at, local(Said(one))) for at, one in enumerate(row.rules["scale"], 1)],
        "hash": made.inputs_hash[:12] if made else "",
    }  # fmt: skip
    return render(request, "appraisal/named_result.html", facts)


def _block(
    row: NamedRound, one: Mapping[str, Any], names: Mapping[str, str], request: Request
) -> dict[str, Any]:
    models = one.get("models", {})
    crossed = models.get("crossed", {})
    return {
        "number": one["block"] + 1, "refused": refusal_words(one["refused"]) if "refused" in one else "",
        "bands": [said for band in one.get("bands", ()) if (said := [names[key] for key in band if key in names])],
        "at_cut": [names[key] for key in one.get("at_cut", ()) if key in names], "places": one.get("places"),
        "line": "at_cut" in one, "reliability": crossed.get("reliability"), "raters_for": one.get("raters_for"),
        "spread": named_reading.spread(row, one["block"], by=request.actor, on=clock.now()),
        "warnings": [str(sentence(said["message"], **said["values"])) for said in crossed.get("warnings", ())],
        "silent": sorted({refusal_words(model["refused"]) for model in models.values() if "refused" in model}),
    }  # fmt: skip
