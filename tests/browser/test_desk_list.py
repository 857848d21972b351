"""The desk in a real browser: home, list, filters, keys, bulk action with undo, export."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

SIZES = ("phone", "desktop")
_numbers = count(1)
LONG = "示例自治区示例市示例区启明街道办事处启明大道与云桥大道交叉口东北角人行道第三棵榕树旁" * 2


@pytest.fixture
def types(district: Any) -> Any:
    from chengzhi.cases.models import CaseLimit, CaseType

    kind, _ = CaseType.objects.get_or_create(
        district=district, code_set="local", code="06010",
        defaults={"name": "暴露垃圾", "name_en": "Exposed litter", "domain": "appearance"},
    )  # fmt: skip
    CaseLimit.objects.get_or_create(
        type=kind, defaults={"amount": 8, "unit": "working_hours", "valid_from": date(2020, 1, 1)}
    )
    return kind


@pytest.fixture
def make(district: Any, types: Any, staff: Callable[..., Any]) -> Iterator[Callable[..., Any]]:
    """Cases as they stand in the desk; gone after the test."""
    from chengzhi import clock
    from chengzhi.cases.models import BulkAction, Case, Task
    from chengzhi.cases.words import bigrams
    from chengzhi.people.models import Unit

    staff("dispatcher")
    unit = Unit.objects.get(district=district, code="u1")
    made: list[int] = []

    def one(state: str = "pending_dispatch", hours: float | None = 3, **facts: Any) -> Any:
        now = clock.now()
        text = facts.setdefault("text", "路边有暴露垃圾，请清理")
        case = Case.objects.create(
            district=district, state=state, number=f"试数管〔2026〕{next(_numbers):05d}", channel="hotline",
            type=facts.pop("type", types), domain="appearance", bigrams=bigrams(text), reported_at=now,
            stage_from=now, stage_due_at=None if hours is None else now + timedelta(hours=hours),
            stage_warn_at=now + timedelta(hours=1), unit=facts.pop("unit", unit), updated_at=now,
            **{"address": "启明大道12号", **facts},
        )  # fmt: skip
        made.append(case.pk)
        return case

    yield one
    BulkAction.objects.all().delete()
    Task.objects.filter(case_id__in=made).delete()
    Case.objects.filter(pk__in=made).delete()


def work() -> None:
    """Do what waits, as the worker does."""
    from chengzhi import clock
    from chengzhi.jobs.models import JobRun
    from chengzhi.jobs.registry import work_of

    for run in JobRun.objects.filter(state="queued").order_by("id"):
        JobRun.objects.filter(pk=run.pk).update(state="running", started_at=clock.now())
        run.refresh_from_db()
        result = work_of(run.kind)(run)
        JobRun.objects.filter(pk=run.pk).update(state="done", finished_at=clock.now(), result=result)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("language", "theme"), [("zh", "light"), ("en", "dark")])
def test_pages_keep_every_rule(
    look: Any, make: Any, staff: Any, size: str, language: str, theme: str
) -> None:
    """Home, list, search and exports with ordinary and ugly rows."""
    for hours in (-30, -2, 0.5, 5, 400):
        make(hours=hours, urgent=hours < 0)
    make("suspended", hours=None)
    make(address=LONG[:250], text=LONG, hours=-1)
    options = {"size": size, "language": language, "theme": theme, "account": staff("shift_leader")}
    for name, path in (("home", "/desk/"), ("list", "/desk/cases/?open=1"), ("search", "/desk/search/?q=垃圾"),
                       ("search-one", "/desk/search/?q=圾"), ("empty", "/desk/cases/?open=1&reworked=1"),
                       ("exports", "/desk/exports/")):  # fmt: skip
        screen = look(path, **options)
        screen.shot(f"desk-{name}")
        screen.check()


def test_filter_tick_preview_run_and_take_back(look: Any, make: Any, staff: Any) -> None:
    from chengzhi.cases.models import Case

    cases = [make() for _ in range(3)]
    untyped = make(type=None)
    make("handling")
    page = look("/desk/cases/?open=1", language="en", account=staff("dispatcher")).page
    page.locator("#f-state").select_option("pending_dispatch")
    expect(page.locator("tbody [data-row]")).to_have_count(4)
    assert "state=pending_dispatch" in page.url
    page.get_by_label("Tick all on this page").check()
    expect(page.locator("[data-ticked]")).to_have_text("4 ticked")
    page.get_by_role("button", name="Act on the ticked").click()
    step = page.locator("details", has_text="Dispatch possible").first
    step.locator("summary").click()
    step.get_by_label("Department").select_option(label="Command centre")
    step.get_by_role("button", name="Preview: Dispatch").click()
    expect(page.locator("main")).to_contain_text(untyped.number)
    page.get_by_role("button", name="Dispatch: 3 cases").click()
    expect(page.locator("[data-undo]")).to_be_visible()
    work()
    expect(page.locator(".tag-green")).to_have_count(3)  # the page renews itself when the job has ended
    assert {Case.objects.get(pk=case.pk).state for case in cases} == {"pending_handle"}
    page.get_by_role("button", name="Take back").click()
    expect(page.locator(".progress")).to_be_visible()
    work()
    expect(page.get_by_text("taken back").first).to_be_visible()
    assert {Case.objects.get(pk=case.pk).state for case in cases} == {"pending_dispatch"}


@pytest.mark.parametrize("size", SIZES)
def test_bulk_pages_keep_every_rule(look: Any, make: Any, staff: Any, size: str) -> None:
    for _ in range(2):
        make()
    make(type=None)
    screen = look("/desk/cases/?open=1", size=size, language="zh", account=staff("dispatcher"))
    page = screen.page
    page.get_by_role("button", name="处理全部筛选结果").click()
    screen.shot("desk-bulk-choose")
    screen.check()
    page.locator("details.card summary", has_text="派遣").first.click()
    step = page.locator("details.card[open]")
    step.get_by_label("部门").select_option(index=1)
    step.get_by_role("button", name="预览").click()
    screen.shot("desk-bulk-preview")
    screen.check()
    page.get_by_role("button", name="派遣：2件").click()
    work()
    expect(page.locator(".tag-green")).to_have_count(2)
    screen.shot("desk-bulk-done")
    screen.check()


def test_rows_are_walked_ticked_and_opened_by_key(look: Any, make: Any, staff: Any) -> None:
    for hours in (1, 2, 3):
        make(hours=hours)
    page = look("/desk/cases/?open=1", language="en", account=staff("dispatcher")).page
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    rows = page.locator("tbody [data-row]")
    expect(rows.nth(1)).to_have_class("current")
    expect(rows.nth(1).locator("input")).to_be_checked()
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("垃圾")
    page.keyboard.press("Enter")
    expect(page.locator("mark").first).to_have_text("垃圾")


def test_new_rows_arrive_by_themselves(look: Any, make: Any, staff: Any) -> None:
    make()
    page = look("/desk/cases/?open=1", language="en", account=staff("dispatcher")).page
    page.clock.install()
    page.reload()
    expect(page.locator("tbody [data-row]")).to_have_count(1)
    make()
    with page.expect_response(lambda answer: answer.request.headers.get("x-poll") == "1"):
        page.clock.run_for(31_000)
    expect(page.locator("tbody [data-row]")).to_have_count(2)


def test_an_export_is_made_and_fetched(
    look: Any, make: Any, staff: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.conf import settings

    monkeypatch.setattr(settings, "HOME", tmp_path)
    case = make()
    page = look("/desk/cases/?open=1", language="en", account=staff("dispatcher")).page
    page.locator("summary", has_text="Export").click()
    page.get_by_role("button", name="CSV").click()
    expect(page.locator(".progress")).to_be_visible()
    work()
    with page.expect_download() as fetched:
        page.get_by_role("link", name="Open the result").first.click()
    content = Path(fetched.value.path()).read_text("utf-8-sig")
    assert "Simulated data" in content.splitlines()[0]
    assert case.number in content


def test_a_filter_is_saved_by_name(look: Any, make: Any, staff: Any) -> None:
    make(urgent=True)
    page = look("/desk/cases/?open=1&urgent=1", language="en", account=staff("dispatcher")).page
    page.get_by_role("link", name="Save this filter").click()
    page.get_by_label("Name of the filter in use").fill("Rainy days")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("link", name="Rainy days")).to_have_attribute("aria-current", "true")


def test_without_javascript_the_list_filters_and_acts(look: Any, make: Any, staff: Any) -> None:
    make()
    page = look(
        "/desk/cases/?open=1", language="en", account=staff("dispatcher"), java_script_enabled=False
    ).page
    page.locator("#f-state").select_option("pending_dispatch")
    page.get_by_role("button", name="Show", exact=True).click()
    assert "state=pending_dispatch" in page.url
    page.locator("tbody input[name=case]").first.check()
    page.get_by_role("button", name="Act on the ticked").click()
    expect(page.locator("h1")).to_have_text("Which step?")


def test_paper_shows_the_list_without_tools(look: Any, make: Any, staff: Any) -> None:
    make()
    screen = look("/desk/cases/?open=1", account=staff("dispatcher"))
    screen.page.emulate_media(media="print")
    expect(screen.page.locator(".filters")).to_be_hidden()
    expect(screen.page.locator(".bulkbar")).to_be_hidden()
    expect(screen.page.locator("tbody [data-row]")).to_have_count(1)
