"""`chengzhi account`: invite, reset, list and deactivate accounts from the server."""

from datetime import date
from typing import Any

import click

from chengzhi import clock
from chengzhi.commands._output import json_option, report
from chengzhi.commands._session import installation


@click.group()
def command() -> None:
    """Accounts: invite an administrator, hand over a link, list, deactivate."""


@command.command()
@click.option("--name", help="The person's name; without it the first administrator is invited.")
@click.option("--district", help="Short name of the district, such as sample.")
@click.option("--unit", help="Code of the unit.")
@click.option("--role", help="Key of the role, such as dispatcher.")
@click.option("--email", default="", help="Mail address, for a forgotten password.")
@json_option
def invite(
    name: str | None, district: str | None, unit: str | None, role: str | None, email: str, as_json: bool
) -> None:
    """Make an account and print its one-time link (an installation administrator without options)."""
    given = [name, district, unit, role]
    if any(given) and not all(given):
        raise click.UsageError("Give --name, --district, --unit and --role together, or none of them.")
    with installation():
        link = _invite_one(name, district, unit, role, email) if name else _invite_administrator()
        report(as_json, {"link": link}, f"Open once, within 7 days: {link}")


def _invite_administrator() -> str:
    from chengzhi.people.actions import invite_administrator
    from chengzhi.people.actor import Actor

    return _address(invite_administrator(by=Actor.system(), on=clock.now()))


def _invite_one(
    name: str | None, district: str | None, unit: str | None, role: str | None, email: str
) -> str:
    from chengzhi.people import actions, links
    from chengzhi.people.actor import Actor
    from chengzhi.people.queries import unit_by_code

    where = unit_by_code(district or "", unit or "")
    _account, token = actions.invite(
        name=name or "",
        email=email,
        district_id=where.district_id,
        unit_id=where.pk,
        role=role or "",
        valid_from=clock.now().date(),
        by=Actor.system(),
        on=clock.now(),
    )
    return _address(links.path(token))


@command.command()
@click.argument("username")
@json_option
def reset(username: str, as_json: bool) -> None:
    """Print a one-time link with which USERNAME sets a new password."""
    with installation():
        from chengzhi.people import actions, links
        from chengzhi.people.actor import Actor
        from chengzhi.people.queries import account_called

        token = actions.reset_link(account=account_called(username), by=Actor.system(), on=clock.now())
        link = _address(links.path(token))
        report(as_json, {"link": link}, f"Open once, within one hour: {link}")


@command.command(name="list")
@json_option
def list_(as_json: bool) -> None:
    """List accounts with their posts of today."""
    with installation():
        rows = _rows(clock.now().date())
        lines = [
            f"{row['username']:<30} {'active' if row['active'] else 'off':<7} {row['posts']}" for row in rows
        ]
        report(as_json, {"accounts": rows}, "\n".join(lines) or "No account yet.")


def _rows(today: date) -> list[dict[str, Any]]:
    from chengzhi.people.models import Account, Post
    from chengzhi.people.queries import in_force

    held: dict[int, list[str]] = {}
    for post in Post.objects.filter(in_force(today)).select_related("district", "unit"):
        held.setdefault(post.account_id, []).append(f"{post.district.slug}/{post.unit.code}/{post.role}")
    return [
        {
            "username": account.username,
            "active": account.is_active,
            "demo": account.demo,
            "installation_administrator": account.is_installation_administrator,
            "posts": held.get(account.pk, []),
        }
        for account in Account.objects.order_by("username")
    ]


@command.command()
@click.argument("username")
@json_option
def deactivate(username: str, as_json: bool) -> None:
    """End all sessions of USERNAME and refuse its log-in from now on."""
    with installation():
        from chengzhi.people import actions
        from chengzhi.people.actor import Actor
        from chengzhi.people.queries import account_called

        actions.deactivate(account=account_called(username), by=Actor.system(), on=clock.now())
        report(as_json, {"deactivated": username}, f"{username} is deactivated.")


def _address(path: str) -> str:
    from django.conf import settings

    return f"{settings.PUBLIC_URL}{path}"
