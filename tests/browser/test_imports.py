"""The import wizard and the pages of the upper level in a real browser, with Boston's real rows."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

BOSTON = Path(__file__).parents[2] / "packs" / "boston" / "data" / "boston311_2011.parquet"
ROWS = 2000
ORDERS = (
    "任务号,截止时间,问题类别,问题描述,位置描述,状态,承办单位,办理情况,办结时间\n"
    "S-2026-000123,2030-04-05 18:00,暴露垃圾,解放路农贸市场门口垃圾成堆多日未清运,解放路12号农贸市场东门,待处理,,,\n"
    "S-2026-000124,2020-04-04 12:00,路灯,路灯不亮,和平路,处理中,,,\n"
)


@pytest.fixture(scope="module")
def square(district: Any) -> Any:
    """The made-up district with an outline, so that points can be placed."""
    left, low, right, high = district.min_lon, district.min_lat, district.max_lon, district.max_lat
    ring = [[left, low], [right, low], [right, high], [left, high], [left, low]]
    district.outline = {"type": "Polygon", "coordinates": [ring]}
    district.save()
    return district


@pytest.fixture(scope="module")
def boston_csv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first rows of the real file, written as CSV with two rows spoilt by hand."""
    path = tmp_path_factory.mktemp("imports") / "boston-2011.csv"
    rows = pl.read_parquet(BOSTON).head(ROWS).with_columns(pl.all().cast(pl.String))
    spoilt = rows.with_row_index("i").with_columns(
        pl.when(pl.col("i") == 3).then(pl.lit("the third of July")).otherwise("open_dt").alias("open_dt")
    )
    spoilt.drop("i").write_csv(path)
    return path


def work() -> None:
    """Do what waits, as the worker does."""
    from chengzhi.jobs import execution
    from chengzhi.jobs.models import JobRun

    for job in JobRun.objects.filter(state="queued", kind="imports.load"):
        execution._execute(job.pk)


@pytest.mark.parametrize(
    ("size", "language", "theme"),
    [("phone", "zh", "light"), ("desktop", "zh", "dark"), ("desktop", "en", "light")],
)
def test_the_wizard_from_file_to_report(
    look: Callable[..., Any], square: Any, staff: Callable[..., Any], boston_csv: Path, size: str, language: str,
    theme: str,
) -> None:  # fmt: skip
    from chengzhi.pipeline.models import ImportRun

    screen = look("/desk/imports/", size=size, language=language, theme=theme, account=staff("shift_leader"))
    page = screen.page
    screen.check()
    page.set_input_files("input[type=file]", str(boston_csv))
    page.click("main form button.button-primary")
    page.wait_for_url("**/upload/*/")
    screen.check()
    screen.shot("imports-preview")
    page.click("a[href$='/mapping/']")
    page.wait_for_url("**/mapping/")
    assert page.input_value("#id_col_number") == "case_enquiry_id"
    assert page.input_value("#id_col_reported_at") == "open_dt"
    screen.check()
    screen.shot("imports-mapping")
    page.fill("#id_source_system", f"boston-{size}-{language}")
    page.click("main form button.button-primary")
    page.wait_for_url("**/check/")
    assert "the third of July" in page.inner_text("main")
    screen.check()
    screen.shot("imports-check")
    page.click("form[action$='/start/'] button")
    page.wait_for_url("**/run/*/")
    screen.check()
    screen.shot("imports-running")
    work()
    page.wait_for_selector(".tag-green", timeout=20_000)  # the page asks again by itself
    run = ImportRun.objects.latest("pk")
    assert (run.state, run.read, run.loaded, run.rejected) == ("done", ROWS, ROWS - 1, 1)
    screen.check()
    screen.shot("imports-report")
    with page.expect_download() as fetched:
        page.click("a[href$='rejects.csv']")
    assert "the third of July" in Path(fetched.value.path()).read_text("utf-8-sig")
    screen.goto("/desk/imports/").check()
    screen.shot("imports-index")


@pytest.mark.parametrize(("size", "language", "theme"), [("phone", "zh", "light"), ("desktop", "en", "dark")])
def test_the_upper_level(
    look: Callable[..., Any], square: Any, staff: Callable[..., Any], tmp_path: Path, size: str, language: str,
    theme: str,
) -> None:  # fmt: skip
    path = tmp_path / "待办.csv"
    path.write_text(ORDERS, "utf-8-sig")
    screen = look(
        "/desk/upper/import/", size=size, language=language, theme=theme, account=staff("dispatcher")
    )
    page = screen.page
    screen.check()
    page.fill("#id_system", f"市平台-{size}")
    page.set_input_files("input[type=file]", str(path))
    page.click("main form button.button-primary")
    page.wait_for_url("**/import/*/")
    assert page.input_value("#id_due_at") == "截止时间"
    screen.check()
    screen.shot("upper-take")
    page.click("main form button.button-primary")
    page.wait_for_url("**/desk/upper/")
    assert "S-2026-000123" in page.inner_text("main")
    screen.check()
    screen.shot("upper-index")
    page.click("main table th a >> nth=0")
    page.wait_for_selector("main textarea")
    screen.check()
    screen.shot("upper-order")
    page.fill("main textarea", "已派人清运")
    page.click("main form button.button-primary")
    page.wait_for_url("**/desk/upper/")
    path.write_text(ORDERS.replace("2030-04-05", "2030-04-09").replace("000124", "000125"), "utf-8-sig")
    screen.goto("/desk/upper/reconcile/")
    page.fill("#id_system", f"市平台-{size}")
    page.set_input_files("input[type=file]", str(path))
    page.click("main form button.button-primary")
    page.wait_for_url("**/reconcile/*/")
    assert page.locator("input[name=pick]").count() == 3
    screen.check()
    screen.shot("upper-differences")
