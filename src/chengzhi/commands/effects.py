"""`chengzhi effects`: did it help? Estimators from a file."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from chengzhi.commands._language import spoken
from chengzhi.commands._output import json_option, report

if TYPE_CHECKING:
    from chengzhi.outcomes.effects import Answer, Method
    from chengzhi.outcomes.effects.did import Control

METHODS = ("auto", "did", "event", "sc", "sdid", "its")


@click.group()
def command() -> None:
    """Effects: did a campaign help? Needs no database."""


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--unit", required=True, help="Column of the unit: street, grid, team.")
@click.option("--time", required=True, help="Column of the time: whole number, ISO date or quarter.")
@click.option("--outcome", required=True, help="Column of the outcome.")
@click.option("--treated-from", required=True, help="Column of the first treated time, or of 0 and 1.")
@click.option("--method", type=click.Choice(METHODS), default="auto", show_default=True)
@click.option("--control", type=click.Choice(("never", "notyet")), help="Whom to compare with (did, event).")
@click.option("--covariates", multiple=True, help="Columns known before treatment (did, event); also a,b.")
@click.option("--cluster", help="Column of clusters of units (did, event).")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option(
    "--registered", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Plan registered before the start; without it the grade is at most B.",
)  # fmt: skip
@json_option
def fit(
    file: Path, unit: str, time: str, outcome: str, treated_from: str, as_json: bool, **options: object
) -> None:
    """Fit FILE, a CSV or Parquet table with one row for each unit and time."""
    # The matrices are small: on a busy machine threads that wait for each other cost ten times the work.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from chengzhi.outcomes import effects
    from chengzhi.outcomes.effects import plan

    named = cast("tuple[str, ...]", options["covariates"])
    covariates = tuple(one.strip() for many in named for one in many.split(",") if one.strip())
    path = cast("Path | None", options["registered"])
    with spoken():
        columns = effects.Columns(
            unit, time, outcome, treated_from, covariates, cast("str | None", options["cluster"])
        )
        found = effects.fit(
            effects.read(file, columns), cast("Method", options["method"]),
            control=cast("Control | None", options["control"]), seed=cast("int", options["seed"]),
            plan=plan.load(path) if path else None,
        )  # fmt: skip
        report(as_json, found.as_json(), "" if as_json else _text(found))


def _text(answer: "Answer") -> str:
    one = answer.found
    shown = {
        "effect": one.att, "se": one.se, "low": one.ci[0] if one.ci else None,
        "high": one.ci[1] if one.ci else None, "p": one.p, "least detectable": answer.mde,
    }  # fmt: skip
    lines = [
        f"grade {answer.grade}: {answer.words}",
        f"{answer.units} units ({answer.treated} treated), {answer.times} times, method {one.method}",
        ", ".join(f"{name} {'–' if value is None else f'{value:.4g}'}" for name, value in shown.items()),
    ]
    lines += [f"{row['t']:>6}{row['att']:>12.4f}" for row in one.event]
    return "\n".join([*lines, *(str(said) for said in (*answer.reasons, *answer.warnings))])
