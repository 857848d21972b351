"""`chengzhi prepare`: what `chengzhi up` has done before it serves."""

from dataclasses import asdict
from typing import Any

import click

from chengzhi.commands._output import json_option, progress, report
from chengzhi.commands._session import installation


@click.command(hidden=True)
@click.option("--demo/--no-demo", default=True)
@click.option("--demo-accounts", is_flag=True, help="Make accounts with known passwords.")
@json_option
def command(demo: bool, demo_accounts: bool, as_json: bool) -> None:
    """Migrate, load the packs, make accounts, ask for the demo cases."""
    with installation("owner", migrated=False):
        result = _prepare(demo, demo_accounts)
        report(as_json, result, "Ready.")


def _prepare(demo: bool, demo_accounts: bool) -> dict[str, Any]:
    from chengzhi.commands._migration import migrate

    applied = migrate()
    if applied:
        progress(f"The tables are up to date ({len(applied)} steps).")
    result: dict[str, Any] = {"applied": len(applied), "accounts": [], "link": None, "demo": False}
    _load_packs(demo_accounts)
    _offer_new_permissions()
    if demo_accounts:
        result["accounts"] = _demo_accounts()
    elif demo:
        progress(
            "No demo accounts: their passwords are known, so they exist on this machine's own address only."
        )
    if not demo_accounts:
        result["link"] = _administrator_link()
    if demo:
        result["demo"] = _ask_for_demo_cases()
    return result


def _system() -> Any:
    from chengzhi.people.actor import Actor

    return Actor.system()


def _load_packs(demo: bool) -> None:
    """Every shipped pack; the loader itself knows what is loaded already."""
    from chengzhi import clock
    from chengzhi.pipeline.packs import load_all

    for pack in load_all(by=_system(), on=clock.now(), demo=demo):
        if pack.changed:
            progress(f"District pack {pack.slug} loaded ({pack.seconds:.1f} s).")


def _offer_new_permissions() -> None:
    """A newer release may bring permissions that the roles of older districts do not hold yet."""
    from zoneinfo import ZoneInfo

    from chengzhi import clock
    from chengzhi.people.actions import ensure_roles
    from chengzhi.places.models import District

    for district in District.objects.only("pk", "zone"):
        today = clock.now().astimezone(ZoneInfo(district.zone)).date()
        ensure_roles(district_id=district.pk, since=today)


def _demo_accounts() -> list[dict[str, Any]]:
    from chengzhi import clock
    from chengzhi.demo.accounts import ensure

    return [asdict(account) for account in ensure(on=clock.now())]


def _administrator_link() -> str | None:
    """A one-time link while no administrator can log in yet."""
    from chengzhi import clock
    from chengzhi.people.actions import invite_administrator
    from chengzhi.people.models import Account

    if Account.objects.filter(is_installation_administrator=True, is_active=True).exists():
        return None
    return invite_administrator(by=_system(), on=clock.now())


def _ask_for_demo_cases() -> bool:
    """Once, and only while there is no case: a person's own data are never mixed with the demo."""
    from django.conf import settings
    from django.utils.translation import gettext, override

    from chengzhi import clock
    from chengzhi.cases.models import Case
    from chengzhi.jobs.actions import start
    from chengzhi.jobs.models import JobRun

    if not _declared("demo.load"):
        return False
    if Case.objects.exists() and not JobRun.objects.filter(key="demo.load").exists():
        return False
    # A load that failed is begun again; the job itself knows what it has written.
    JobRun.objects.filter(key="demo.load", state=JobRun.State.FAILED).update(key=None)
    with override(settings.LANGUAGE_CODE):  # it is kept, and read on pages
        title = gettext("Load the demo cases")
        start("demo.load", title=title, by=None, on=clock.now(), key="demo.load")
    return True


def _declared(kind: str) -> bool:
    from chengzhi.jobs.registry import JOBS, load_declarations

    load_declarations()
    return kind in JOBS
