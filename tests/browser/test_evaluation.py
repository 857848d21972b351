"""The evaluation pages in a real browser: sizes, languages, themes, drilling down, a changed method."""

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

PERIOD = "period=2026-10"
START = datetime(2026, 10, 1, tzinfo=UTC)
UNITS = (
    ("e1", "一中队", "First squad"),
    ("e2", "环境卫生管理所（含北部片区临时清扫保洁队）", "Sanitation office with the northern sweeping crew"),
    ("e3", "市政维护处", "Public works"),
    ("e4", "园林所", "Parks"),
)


def _square(west: float, south: float, width: float = 0.03, height: float = 0.05) -> dict[str, Any]:
    east, north = west + width, south + height
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def _case(district: Any, unit: Any, street: Any, number: int) -> Any:
    from chengzhi.cases.models import Case

    reported = START + timedelta(hours=3 * number % 700)
    late = number % (3 + number % 4) == 0
    handled = reported + timedelta(hours=60 if late else 20)
    return Case(
        district=district, number=f"E{number:05}", state="closed", channel="web" if number % 3 else "patrol",
        unit=unit, street_area=street, reported_at=reported, filed_at=reported + timedelta(minutes=20),
        dispatched_at=reported + timedelta(minutes=40), due_at=reported + timedelta(hours=48),
        handled_at=handled, closed_at=handled + timedelta(hours=3), updated_at=handled,
        reworks=int(number % 9 == 0), extensions=int(number % 11 == 0),
    )  # fmt: skip


@pytest.fixture(scope="module")
def evaluated(district: Any) -> Any:
    """The made-up district with 400 cases in four departments and three streets, one with few, one unshaped."""
    from chengzhi.analytics.periods import parse
    from chengzhi.analytics.refresh import refresh
    from chengzhi.cases.models import Case
    from chengzhi.outcomes.evaluation import evaluate
    from chengzhi.people.models import Unit
    from chengzhi.places.models import Area

    units = [
        Unit.objects.create(district=district, code=code, name=name, name_en=english, kind="squad")
        for code, name, english in UNITS
    ]
    streets = [
        Area.objects.create(
            district=district, level="street", code=f"s{place}", name=f"第{place}街道", name_en=f"Street {place}",
            origin="generated", outline=_square(159.98 + 0.03 * place, 30.01) if place < 4 else None,
        )
        for place in (1, 2, 3, 4)
    ]  # fmt: skip
    district.outline = _square(160.0, 30.0, 0.11, 0.08)
    district.pack_version = "evaluation"  # shapes are kept in memory per version
    district.save()
    shares = [0] * 60 + [1] * 25 + [2] * 14 + [3]
    Case.objects.bulk_create(
        _case(district, units[shares[number % 100]], streets[2 if number < 6 else number % 2], number)
        for number in range(400)
    )
    refresh(district, full=True)
    # the first reading imports the engines: on a busy machine longer than a page may take
    for by in ("department", "street", "post"):
        evaluate(district, parse("2026-10"), by)
    yield district
    Case.objects.filter(district=district).delete()
    Area.objects.filter(district=district, pk__in=[street.pk for street in streets]).delete()
    Unit.objects.filter(pk__in=[unit.pk for unit in units]).delete()


@pytest.mark.parametrize(
    ("size", "language", "theme"),
    [
        ("desktop", "zh", "light"),
        ("phone", "zh", "light"),
        ("desktop", "en", "dark"),
        ("phone", "en", "dark"),
    ],
)
def test_pages_keep_every_rule(
    look: Any, evaluated: Any, staff: Callable[..., Any], size: str, language: str, theme: str
) -> None:
    account = staff("evaluator")
    screen = look(f"/desk/evaluation/?{PERIOD}", size=size, language=language, theme=theme, account=account)
    screen.page.wait_for_selector("data-chart[data-ready]")
    screen.shot("evaluation")
    screen.check()
    pages = {
        "evaluation-indicator": f"indicator/department_on_time_handling_rate/?{PERIOD}",
        "evaluation-streets": f"?{PERIOD}&by=street",
        "evaluation-posts": f"?{PERIOD}&by=post",
        "evaluation-cases": f"cases/?{PERIOD}&unit=e1&indicator=on_time_handling_rate",
        "evaluation-settings": "settings/",
        "evaluation-setting": "settings/?key=area_filed_points",
        "evaluation-empty": "?period=1999-01",
    }
    for name, path in pages.items():
        screen.goto(f"/desk/evaluation/{path}")
        if screen.page.locator("district-map").count():
            _graded(screen)
        screen.shot(name)
        screen.check()


SHADES = """() => { const { map } = document.querySelector("district-map");
    const seen = (id) => map.queryRenderedFeatures({ layers: [id] }).map((one) => one.properties);
    return { filled: seen("grades"), hatched: seen("grades-few"), marks: [...seen("grade-marks"), ...seen("few-marks")],
        names: seen("area-names") }; }"""


def _graded(screen: Any) -> dict[str, Any]:
    screen.page.wait_for_selector("district-map[data-ready]", state="attached")
    screen.page.wait_for_function(f"(({SHADES})()).marks.length >= 3")
    found: dict[str, Any] = screen.page.evaluate(SHADES)
    return found


@pytest.mark.parametrize(
    ("size", "language", "theme"),
    [
        ("desktop", "zh", "light"),
        ("desktop", "zh", "dark"),
        ("phone", "zh", "light"),
        ("desktop", "en", "light"),
        ("phone", "en", "dark"),
    ],
)
def test_the_map_bears_the_grades_of_the_list(
    look: Any, evaluated: Any, staff: Callable[..., Any], size: str, language: str, theme: str
) -> None:
    path = f"/desk/evaluation/indicator/area_on_time_closing_rate/?{PERIOD}&by=street"
    screen = look(path, size=size, language=language, theme=theme, account=staff("evaluator"))
    found = _graded(screen)
    rows = {
        row["area"]: row
        for row in screen.page.locator("#grades [data-area]").evaluate_all(
            "all => all.map(row => ({...row.dataset, text: row.innerText}))"
        )
    }
    assert set(rows) == {"s1", "s2", "s3", "s4"}  # the unshaped one stands in the list too
    assert {one["code"] for one in found["filled"]} == {"s1", "s2"}
    assert {one["code"] for one in found["hatched"]} == {"s3"}
    for one in found["marks"]:
        row = rows[one["code"]]
        assert (one["mark"], one["tone"]) == (row["mark"], row["tone"])
        assert row["mark"] in row["text"]  # the letter, or the words for too few
    assert {one["mark"] for one in found["filled"]} <= set("ABCDE")
    assert {one["code"] for one in found["names"]} == {"s1", "s2", "s3"}  # no name gives way here
    screen.shot("evaluation-map")
    screen.check()


def test_the_colours_are_those_of_the_standard_and_follow_the_theme(
    look: Any, evaluated: Any, staff: Callable[..., Any]
) -> None:
    screen = look(f"/desk/evaluation/?{PERIOD}&by=street", language="en", account=staff("evaluator", "night"))
    page = screen.page
    _graded(screen)
    painted = """() => { const { map } = document.querySelector("district-map");
        const tone = document.querySelector("#grades [data-area=s1]").dataset.tone;
        const said = map.getPaintProperty("grades", "fill-color");
        return [said[said.indexOf(tone) + 1], getComputedStyle(document.documentElement).getPropertyValue(`--grade-${tone}`).trim(),
            map.getPaintProperty("grades-few", "fill-pattern")]; }"""
    ours, standard, light = page.evaluate(painted)
    assert ours == standard
    page.get_by_role("banner").locator("summary").first.click()
    page.get_by_role("button", name="Dark").click()
    page.wait_for_function(f"(({painted})())[2] !== {light!r}")  # the hatching is drawn anew
    _graded(screen)


def test_an_area_on_the_map_finds_its_row(look: Any, evaluated: Any, staff: Callable[..., Any]) -> None:
    screen = look(f"/desk/evaluation/?{PERIOD}&by=street", language="en", account=staff("evaluator"))
    _graded(screen)
    at = screen.page.evaluate("""() => { const { map } = document.querySelector("district-map");
        const { x, y } = map.project([160.055, 30.04]); return { x, y }; }""")
    screen.page.locator("district-map").click(position=at)
    expect(screen.page.locator("#grades tr.current")).to_contain_text("Street 2")


def test_without_javascript_and_on_paper_the_list_says_it_all(
    look: Any, evaluated: Any, staff: Callable[..., Any]
) -> None:
    path = f"/desk/evaluation/?{PERIOD}&by=street"
    page = look(path, language="en", account=staff("evaluator"), java_script_enabled=False).page
    assert page.locator("district-map").is_hidden()
    expect(page.locator("#grades tbody tr").first).to_contain_text("Street 1")
    drawn = look(path, language="en", account=staff("evaluator"))
    _graded(drawn)
    drawn.page.emulate_media(media="print")
    drawn.page.set_viewport_size({"width": 690, "height": 1000})
    expect(drawn.page.locator("district-map canvas")).to_be_visible()
    drawn.shot("evaluation-map-paper")
    assert drawn.faults("overflow") == []


def test_areas_without_shapes_get_no_empty_map(look: Any, evaluated: Any, staff: Callable[..., Any]) -> None:
    for by in ("department", "cell", "community"):
        page = look(f"/desk/evaluation/?{PERIOD}&by={by}", account=staff("evaluator")).page
        assert page.locator("district-map").count() == 0


def test_a_number_leads_to_as_many_cases(look: Any, evaluated: Any, staff: Callable[..., Any]) -> None:
    page = look(
        f"/desk/evaluation/indicator/department_rework_rate/?{PERIOD}",
        language="en",
        account=staff("evaluator"),
    ).page
    row = page.locator("[role=region] tbody tr", has_text="Public works")
    count = int(row.locator("td").first.inner_text())
    assert count > 0
    row.locator("td a").first.click()
    expect(page.locator("h1")).to_contain_text("Public works")
    assert page.locator("tbody tr[data-row]").count() == count


def test_simulated_figures_say_so_in_page_and_workbook(
    look: Any, evaluated: Any, staff: Callable[..., Any]
) -> None:
    page = look(f"/desk/evaluation/?{PERIOD}", language="en", account=staff("evaluator")).page
    expect(page.get_by_text("imulated").first).to_be_visible()
    with page.expect_download() as kept:
        page.get_by_role("link", name="XLSX").click()
    with zipfile.ZipFile(io.BytesIO(kept.value.path().read_bytes())) as book:
        words = book.read("xl/sharedStrings.xml").decode()
        sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        assert len(sheets) == 2
        assert all("Simulated data" in book.read(name).decode() for name in sheets)
    assert "Simulated data" in words
    assert "First squad" in words


def test_another_method_is_previewed_then_decided(
    look: Any, evaluated: Any, staff: Callable[..., Any]
) -> None:
    from chengzhi.outcomes.models import EvaluationSetting

    page = look(
        f"/desk/evaluation/settings/?key=department_weights&{PERIOD}",
        language="en",
        account=staff("evaluator"),
    ).page
    page.get_by_label("Reason").fill("Trial")
    page.get_by_label("Counts from").fill("2026-10-01")
    page.get_by_label("Rework rate").fill("90")
    page.get_by_role("button", name="Show the effect").click()
    expect(page.get_by_role("alert")).to_contain_text("add up to")
    for name, share in (("Cases filed", "0"), ("Closing rate", "0"), ("On-time handling rate", "10")):
        page.get_by_label(name, exact=True).fill(share)
    page.get_by_role("button", name="Show the effect").click()
    expect(page.get_by_text("On the figures of 2026-10")).to_be_visible()
    assert EvaluationSetting.objects.count() == 0
    page.get_by_role("button", name="Decide so").click()
    expect(page.get_by_text("evaluator decided")).to_be_visible()
    assert EvaluationSetting.objects.get().value == {"rework_rate": 0.9, "on_time_handling_rate": 0.1}
    EvaluationSetting.objects.all().delete()


def test_a_contractor_finds_no_evaluation(look: Any, evaluated: Any, staff: Callable[..., Any]) -> None:
    screen = look("/", account=staff("contractor"))
    answer = screen.page.request.get(f"{screen.site}/desk/evaluation/")
    assert answer.status == 404
