"""`chengzhi appraisal`: models of rounds declared as named and confidential, from a file."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from chengzhi.commands._language import spoken
from chengzhi.commands._output import json_option, report

if TYPE_CHECKING:
    from chengzhi.branch.appraisal.estimators import Fit, Model

MODELS = ("crossed", "srm", "gtheory", "facets")


@click.group()
def command() -> None:
    """Appraisal: fit models of ratings; needs no database."""


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--ratee", required=True, help="Column of who is rated.")
@click.option("--rater", required=True, help="Column of who rates.")
@click.option("--score", required=True, help="Column of the score; empty where nobody rated.")
@click.option("--criterion", help="Column of what was rated, where a rating has several scores.")
@click.option("--fixed", multiple=True, help="Fixed term: a column, number(column), a:b or a*b.")
@click.option("--random", multiple=True, help="Further random term: a column or a:b.")
@click.option("--group", help="Column of the round-robin group (srm).")
@click.option("--design", help="Balanced design such as 'p x (r:t)' (gtheory).")
@click.option("--model", type=click.Choice(MODELS), default="crossed", show_default=True)
@json_option
def fit(file: Path, ratee: str, rater: str, score: str, as_json: bool, **options: object) -> None:
    """Fit a model to FILE, a CSV with one score a row; raw means stand first."""
    # The matrices are small: on a busy machine threads that wait for each other cost ten times the work.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from chengzhi.branch.appraisal import estimators
    from chengzhi.branch.appraisal.estimators.terms import columns_of

    fixed, random = (cast("tuple[str, ...]", options[name]) for name in ("fixed", "random"))
    criterion, group, design = (
        cast("str | None", options[name]) for name in ("criterion", "group", "design")
    )
    more = columns_of((*fixed, *random), ())
    with spoken():
        columns = estimators.Columns(ratee, rater, score, criterion, group, more)
        found = estimators.fit(
            estimators.read(file, columns), cast("Model", options["model"]),
            fixed=fixed, random=random, design=design,
        )  # fmt: skip
        report(as_json, found.as_json(), "" if as_json else _text(found))


def _text(found: "Fit") -> str:
    lines = [f"{found.n} scores of {found.ratees} ratees by {found.raters} raters, model {found.model}"]
    parts = (f"{name} {'–' if value is None else f'{value:.4f}'}" for name, value in found.variance.items())
    lines.append("variance: " + ", ".join(parts))
    lines.append(f"{'ratee':<20}{'n':>6}{'mean':>10}{'estimate':>10}{'se':>8}")
    for one in found.estimates:
        shown = [
            ("–" if value is None or not one.reportable else f"{value:.3f}")
            for value in (one.estimate, one.se)
        ]
        lines.append(f"{one.name:<20.20}{one.n:>6}{one.mean:>10.3f}{shown[0]:>10}{shown[1]:>8}")
    return "\n".join([*lines, *(str(one) for one in found.warnings)])
