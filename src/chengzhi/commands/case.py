"""`chengzhi case`: look at a case, list cases, take a step, from the server's shell."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from chengzhi.commands._output import json_option, report
from chengzhi.commands._session import installation

if TYPE_CHECKING:
    from chengzhi.people.actor import Actor
    from chengzhi.places.models import District

district_option = click.option("--district", "slug", required=True, help="Short name, such as sample.")
as_option = click.option(
    "--as", "username", help="See it as this account does; without it, all of the district."
)


@click.group()
def command() -> None:
    """Cases: show one, list them, take a step as an account."""


@command.command()
@click.argument("number")
@district_option
@as_option
@json_option
def show(number: str, slug: str, username: str | None, as_json: bool) -> None:
    """Show case NUMBER: its facts, its history, what may be done next."""
    with installation():
        from chengzhi import clock
        from chengzhi.cases import plain, stated

        _district, by = _where(slug, username)
        on = clock.now()
        case = stated.find(number, by=by)
        body = plain.whole(case, by=by, on=on, language="en")
        body["history"] = plain.told(case, on=on, language="en")
        report(as_json, body, "" if as_json else _text(body))


@command.command()
@click.argument("number")
@click.argument("step")
@district_option
@click.option("--as", "username", required=True, help="The account that acts, with the rights of its posts.")
@click.option("--fact", "said", multiple=True, metavar="NAME=VALUE", help="What the step asks for; see show.")
@json_option
def step(number: str, step: str, slug: str, username: str, said: tuple[str, ...], as_json: bool) -> None:
    """Take STEP on case NUMBER as an account; units, types and cases are named by their codes."""
    facts = _pairs(said)
    with installation():
        from chengzhi import clock
        from chengzhi.cases import stated

        _district, by = _where(slug, username)
        case = stated.find(number, by=by)
        taken = stated.take_step(case, step, facts, by=by, on=clock.now())
        done, more = taken.outcome, f" New case: {taken.born}." if taken.born else ""
        body = {**taken.as_json(number), "by": username}
        report(as_json, body, f"{number}: {done.before} → {done.after} ({step}, as {username}).{more}")


@command.command("list")
@click.argument("filters", nargs=-1, metavar="[NAME=VALUE]…")
@district_option
@as_option
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="Rows of a page.")
@click.option("--after", help="What the page before gave as “next”.")
@json_option
def list_(
    filters: tuple[str, ...], slug: str, username: str | None, limit: int, after: str | None, as_json: bool
) -> None:
    """List cases by the filters of the work list, such as state=handling overdue=true order=due."""
    asked = _pairs(filters)
    with installation():
        from chengzhi import clock
        from chengzhi.cases import plain, worklist
        from chengzhi.cases.filters import read

        district, by = _where(slug, username)
        page = worklist.page(read(asked), by, district.zone, now=clock.now(), after=after, limit=limit)
        rows = [plain.listed(case) for case in page.cases]
        lines = [
            f"{r['number']:<24} {r['state']:<18} {r['type'] or '–':<10} {r['unit'] or '–'}" for r in rows
        ]
        report(as_json, {"items": rows, "next": page.next}, "\n".join(lines) or "No case.")


def _pairs(said: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for one in said:
        name, sign, value = one.partition("=")
        if not sign or not name or name in found:
            raise click.UsageError(f"“{one}” is not NAME=VALUE, each name once.")
        found[name] = value
    return found


def _where(slug: str, username: str | None) -> "tuple[District, Actor]":
    """The district and who looks: an account with its rights, or the operator of the server."""
    from chengzhi import clock
    from chengzhi.outcomes.subjects import district_called
    from chengzhi.people.actor import Actor, actor_of
    from chengzhi.people.permissions import ALL
    from chengzhi.people.queries import account_called

    district = district_called(slug)
    if username is None:
        return district, Actor(None, "command line", district.pk, permissions=ALL, district_wide=ALL)
    return district, actor_of(account_called(username), district.pk, clock.now())


def _text(case: dict[str, Any]) -> str:
    def day(at: datetime | None) -> str:
        return f"{at:%Y-%m-%d %H:%M}Z" if at else "–"

    lines = [
        f"{case['number']}  {case['state_name_en']}  {case['type'] or 'no type'}  {case['unit'] or 'no unit'}"
        + ("  — simulated" if case["simulated"] else ""),
        f"{case['address']}  {case['text']}".strip(),
        f"reported {day(case['reported_at'])}, due {day(case['due_at'])}, closed {day(case['closed_at'])}",
        "",
        *(f"{day(one['at'])}  {one['sentence']}" for one in case["history"]),
        "",
    ]
    for one in case["steps"]:
        wants = ", ".join(fact["name"] for fact in one["wants"]) or "nothing"
        missing = "; ".join(need["says"] for need in one["unmet"])
        lines.append(f"{one['name']}: asks for {wants}" + (f" (not yet: {missing})" if missing else ""))
    return "\n".join(lines)
