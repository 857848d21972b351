"""`chengzhi evaluate`: indicators, points and grades of a district for a period."""

from typing import TYPE_CHECKING

import click

from chengzhi.commands._output import json_option, progress, report
from chengzhi.commands._session import installation

if TYPE_CHECKING:
    from chengzhi.outcomes.figures import Evaluation
    from chengzhi.places.models import District

LEVELS = ("street", "community", "cell", "department", "post")


@click.command()
@click.option("--district", "slug", required=True, help="Short name of the district, such as boston.")
@click.option("--period", required=True, help="2011, 2011-Q4, 2011-10, 2011-W40 or 2011-10-05.")
@click.option(
    "--by", type=click.Choice(("area", *LEVELS)), default="department", show_default=True,
    help="What the rows are; area means street.",
)  # fmt: skip
@click.option("--indicator", help="Only this indicator, or composite.")
@json_option
def command(slug: str, period: str, by: str, indicator: str | None, as_json: bool) -> None:
    """Evaluate a district; figures are brought up to date first."""
    with installation():
        from chengzhi.analytics.periods import parse
        from chengzhi.analytics.refresh import refresh
        from chengzhi.outcomes.evaluation import evaluate
        from chengzhi.outcomes.subjects import district_called

        chosen = parse(period)
        district = district_called(slug)
        progress("Bringing the figures up to date …")
        refresh(district)
        found = evaluate(district, chosen, "street" if by == "area" else by)
        rows = [row for row in found.rows if indicator in (None, row.indicator)]
        body = {"as_of": found.as_of, "rows": [row.as_json() for row in rows]}
        report(as_json, body, "" if as_json else _text(district, found, indicator))


def _text(district: "District", found: "Evaluation", indicator: str | None) -> str:
    simulated = " — simulated" if district.simulated else ""
    lines = [
        f"{district.name_en}{simulated}, {found.period.label}, by {found.by.value}, as of {found.as_of:%F %T}Z"
    ]
    lines.append(f"{'unit':<14}{'indicator':<28}{'above':>9}{'below':>9}{'value':>9}{'points':>8} grade")
    for row in found.rows:
        if indicator not in (None, row.indicator):
            continue
        value = "–" if row.value is None else f"{row.value:.4g}"
        points = "–" if row.points is None else f"{row.points:.1f}"
        counts = [("–" if count is None else str(count)) for count in (row.numerator, row.denominator)]
        lines.append(
            f"{row.unit or '–':<14.13}{row.indicator:<28}{counts[0]:>9}{counts[1]:>9}{value:>9}"
            f"{points:>8} {row.grade or ('few' if row.small else '–')}"
        )
    return "\n".join(lines)
