"""The site on its own database, and a real Chromium in every size, language and theme.

`site` serves the whole WSGI application on a loopback port; its database is its own, so what
pages commit never meets another test. `look` opens pages:

    def test_something(look):
        screen = look("/desk/", size="phone", language="en", theme="dark", account=someone)
        screen.check()            # console, overflow, names, targets, contrast
        screen.shot("desk-home")  # build/screenshots/desk-home-phone-en-dark.png
"""

import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.servers.basehttp import WSGIRequestHandler
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

HERE = Path(__file__).resolve().parent
SHOTS = HERE.parents[1] / "build" / "screenshots"
CHROMIUM = os.environ.get("CHENGZHI_CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES = {"phone": (390, 844), "desktop": (1440, 900)}
LANGUAGES = {"zh": "zh-hans", "en": "en"}
PATIENCE_MS = 15_000
CHECKS = (HERE / "checks.js").read_text("utf-8")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)


@dataclass
class Screen:
    """One open page with what it said while it was open."""

    page: Page
    site: str
    name: str
    errors: list[str] = field(default_factory=list)

    def goto(self, path: str) -> "Screen":
        """Open a path of the site and wait until it has loaded."""
        self.page.goto(self.site + path, wait_until="load")
        return self

    def shot(self, name: str, *, full: bool = True) -> Path:
        """Keep a picture of the page."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        target = SHOTS / f"{name}-{self.name}.png"
        self.page.screenshot(path=str(target), full_page=full, animations="disabled")
        return target

    def faults(self, rule: str) -> list[str]:
        """What one rule of `checks.js` finds wrong: overflow, names, targets, contrast, language."""
        found: list[str] = self.page.evaluate(f"{CHECKS}; {rule}()")
        return found

    def check(self) -> None:
        """All rules: none may find anything, and the console stays silent."""
        rules = ["overflow", "names", "contrast"] + (["targets"] if "phone" in self.name else [])
        found = {rule: self.faults(rule) for rule in rules} | {"console": self.errors}
        wrong = {rule: faults for rule, faults in found.items() if faults}
        assert not wrong, f"{self.page.url} ({self.name}): {wrong}"


class QuietHandler(WSGIRequestHandler):
    """Says nothing about requests that went well."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


def end_other_connections(connection: Any) -> None:
    """A page that was still being answered would keep the database from being dropped."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture(scope="package")
def site(django_db_blocker: Any) -> Iterator[str]:
    """Address of the running site; only this folder uses its database."""
    from django.core.servers.basehttp import ThreadedWSGIServer
    from django.db import connection

    from chengzhi.wsgi import application

    # Playwright keeps an event loop in this thread; Django would take our calls for async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with django_db_blocker.unblock():
        settings = connection.settings_dict
        usual, test_name = settings["NAME"], settings["TEST"]["NAME"]
        settings["TEST"]["NAME"] = f"{test_name}_browser"
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        server = ThreadedWSGIServer(("127.0.0.1", 0), QuietHandler)
        server.set_app(application)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        server.server_close()
        thread.join()
        end_other_connections(connection)
        connection.creation.destroy_test_db(usual, verbosity=0)
        settings["TEST"]["NAME"] = test_name
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def district(site: str) -> Any:
    """A made-up district with its roles."""
    from chengzhi import clock
    from chengzhi.people.actions import ensure_roles
    from chengzhi.places.models import District

    corner = {"min_lon": 160.0, "min_lat": 30.0, "max_lon": 160.08, "max_lat": 30.08}
    made = District.objects.create(
        slug="shell-test",
        name="试验区",
        name_en="Trial district",
        zone="Asia/Shanghai",
        code_set="local",
        simulated=True,
        outline={},
        pack_version="1",
        loaded_at=clock.now(),
        **corner,
    )
    ensure_roles(district_id=made.pk, since=date(2020, 1, 1))
    return made


@pytest.fixture(scope="package")
def staff(district: Any) -> Callable[..., Any]:
    """`staff("dispatcher")`: an account with that role in the made-up district."""
    from chengzhi import clock
    from chengzhi.people.models import Account, Post, Unit

    def make(role: str, name: str = "") -> Any:
        unit, _ = Unit.objects.get_or_create(
            district=district,
            code="u1",
            defaults={"name": "指挥中心", "name_en": "Command centre", "kind": "centre"},
        )
        # Demo accounts of another test bear the roles' own names.
        account, fresh = Account.objects.get_or_create(
            username=f"trial-{name or role}", defaults={"name": name or role, "created_at": clock.now()}
        )
        if fresh:
            Post.objects.create(
                account=account, district=district, unit=unit, role=role, valid_from=date(2020, 1, 1)
            )
        return account

    return make


def sign_in(context: BrowserContext, site: str, account: Any) -> None:
    """Give the browser a session of the account, as the log-in page would."""
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": site}])


@pytest.fixture
def look(site: str, browser: Browser) -> Iterator[Callable[..., Screen]]:
    """Open a page: `look(path, size="desktop", language="zh", theme="light", account=None)`."""
    contexts: list[BrowserContext] = []

    def open_page(
        path: str,
        *,
        size: str = "desktop",
        language: str = "zh",
        theme: str = "light",
        account: Any = None,
        **options: Any,
    ) -> Screen:
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=theme,  # type: ignore[arg-type]
            is_mobile=size == "phone",
            has_touch=size == "phone",
            reduced_motion="reduce",
            **options,
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        context.add_cookies([{"name": "language", "value": LANGUAGES[language], "url": site}])
        if account is not None:
            sign_in(context, site, account)
        screen = Screen(context.new_page(), site, f"{size}-{language}-{theme}")
        _listen(screen)
        return screen.goto(path)

    yield open_page
    for context in contexts:
        context.close()


def _listen(screen: Screen) -> None:
    """Errors of scripts, and of anything the page asked for, are faults of the page."""

    def said(message: ConsoleMessage) -> None:
        if message.type == "error":
            screen.errors.append(f"{message.text} ({message.location.get('url', '')})")

    screen.page.on("console", said)
    screen.page.on("pageerror", lambda error: screen.errors.append(str(error)))
