"""A register of 100,000 objects: how long a workbook takes to come in, how fast lists and maps answer then.

    script/bench registers --json [--rows 100000]

The workbook has all objects in one register, the worst case, with parties, permits, points,
dates and doubtful rows. It is read by `chengzhi import registers` as an operator would. Then
each list and map is asked of the page itself through Django's test client, signed in, the
database warm; the time is that of the server: middleware, view, queries, template.
"""

import json
import random
import statistics
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter

from bench._cluster import Bench, throw_away

IMPORT_LIMIT_S, PAGE_LIMIT_MS = 60.0, 60.0
WARM, TIMES = 3, 20
HEAD = (
    "编号", "设施名称", "所在位置", "经度", "纬度", "设置形式", "载体", "面积", "离地高度", "安全检查日期",
    "大风重点", "责任主体", "许可证号", "开始日期", "有效期至", "管理单位",
)  # fmt: skip
STREETS = ("启明路", "河堤路", "东环路", "工业路", "体育路", "学院路", "市场街", "建设巷", "新村路", "公园路")
SHOPS = ("百货", "药房", "超市", "快餐", "茶馆", "服装", "电器", "书店", "银行", "酒店")


def run(rows: int = 100_000) -> dict[str, Any]:
    """Import a workbook of `rows` objects, then measure every list and map."""
    with throw_away(packs=True) as bench:
        bench.django("owner")
        district = _district()
        path = _workbook(bench.home / "exports", rows, district)
        done, seconds = _import(bench, path, district.slug)
        again, seconds_again = _import(bench, path, district.slug)
        _settle()
        pages = _measure(district)
    return _result(rows, done, seconds, {**again, "seconds": round(seconds_again, 1)}, pages)


def _result(
    rows: int, done: dict[str, Any], seconds: float, again: dict[str, Any], pages: dict[str, Any]
) -> dict[str, Any]:
    worst = max(pages, key=lambda name: pages[name]["p95"])
    whole = done["loaded"] + done["rejected"] == done["read"] == rows and again["existing"] == done["loaded"]
    good = whole and seconds < IMPORT_LIMIT_S and pages[worst]["p95"] < PAGE_LIMIT_MS
    return {
        "name": "registers", "value": round(seconds, 1), "unit": "s", "limit": IMPORT_LIMIT_S,
        "ratio": round(seconds / IMPORT_LIMIT_S, 3), "better": "lower", "pass": good, "rows": rows,
        "import": done, "again": again, "page_limit_ms": PAGE_LIMIT_MS, "worst": worst,
        "worst_p95_ms": pages[worst]["p95"], "worst_cpu_p95_ms": max(one["cpu_p95"] for one in pages.values()),
        "pages": pages,
    }  # fmt: skip


def _district() -> Any:
    from chengzhi.places.models import District

    return District.objects.get(slug="sample")


def _workbook(folder: Path, rows: int, district: Any) -> Path:
    """Objects as they occur: a fortieth without a point or outside, a hundredth that cannot be read."""
    from chengzhi.people.models import Unit

    units = list(Unit.objects.filter(district=district, active=True).values_list("name", flat=True)) or [""]
    draw = random.Random(450204)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "signs.xlsx"
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, HEAD)
    for at in range(1, rows + 1):
        values = _drawn(draw, at, district, units)
        for place, value in enumerate(values):
            if isinstance(value, date):
                sheet.write_datetime(at, place, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001
            else:
                sheet.write(at, place, value)
    book.close()
    return path


def _drawn(draw: random.Random, at: int, district: Any, units: list[str]) -> list[Any]:
    street, shop = draw.choice(STREETS), draw.choice(SHOPS)
    lon = draw.uniform(district.min_lon, district.max_lon)
    lat = draw.uniform(district.min_lat, district.max_lat)
    begins = date(2023, 1, 1) + timedelta(days=draw.randrange(1200))
    kind, carrier = draw.choice(("附属式", "独立式", "移动式")), draw.choice(("墙面", "楼顶", "立柱", "灯箱"))
    area: Any = round(draw.uniform(1, 80), 1) if at % 100 else "约十平方"
    point = (None, None) if at % 40 == 0 else (lon, lat)
    checked: Any = begins if at % 3 else f"{begins.year}年{begins.month}月{begins.day}日"
    rare = "孔雀" if at % 9_973 == 0 else ""
    return [
        f"GG{at:07d}", f"{street}{rare}{shop}{draw.randrange(900)}号牌", f"{street}{draw.randrange(400)}号", *point,
        kind, carrier, area, round(draw.uniform(2, 30), 1), checked, draw.choice(("是", "否")),
        f"{draw.choice(SHOPS)}广告公司{draw.randrange(4_000)}", f"许{begins.year}-{at}", begins,
        begins + timedelta(days=draw.choice((365, 730, 1095))), draw.choice(units),
    ]  # fmt: skip


def _import(bench: Bench, path: Path, slug: str) -> tuple[dict[str, Any], float]:
    """The command from start to end, program start included."""
    command = [sys.executable, "-m", "chengzhi", "import", "registers", str(path), "--kind", "sign"]
    began = time.monotonic()
    done = subprocess.run(
        [*command, "--district", slug, "--json"], env=bench.environment(), stdin=subprocess.DEVNULL,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    seconds = time.monotonic() - began
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    said: dict[str, Any] = json.loads(done.stdout)
    return {
        name: said[name] for name in ("read", "loaded", "updated", "existing", "rejected", "flagged")
    }, seconds


def _settle() -> None:
    """What the database does by itself within minutes of a large change."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE registers_registeredobject")
        cursor.execute("VACUUM ANALYZE registers_party")
        cursor.execute("VACUUM ANALYZE registers_permit")


def _measure(district: Any) -> dict[str, Any]:
    """p50 and p95 of every list and map, in ms of server time."""
    client = _signed_in(district)
    return {name: _time(client, path) for name, path in _pages(district)}


def _signed_in(district: Any) -> Any:
    from django.conf import settings
    from django.test import Client

    from chengzhi.people.models import Account, Post, Unit

    settings.ALLOWED_HOSTS = ["*"]
    account = Account.objects.create(username="bench", name="bench", created_at=datetime.now(UTC))
    unit = Unit.objects.filter(district=district).first()
    Post.objects.create(
        account=account, district=district, unit=unit, role="shift_leader", valid_from=date(2010, 1, 1)
    )
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _pages(district: Any) -> list[tuple[str, str]]:
    """Every list and map of the register, near its begin and far from it."""
    from django.urls import reverse

    from chengzhi.registers.models import RegisteredObject

    first = RegisteredObject.objects.filter(district=district, kind="sign")
    area = first.exclude(area=None).values_list("area_id", flat=True).first()
    here = reverse("registers:list", args=["sign"])
    lists = {
        "list": "", "state": "?state=in_use", "area": f"?area={area}", "ended": "?live=0", "all": "?live=all", "expired": "?permit=expired",
        "expiring": "?permit=expiring", "no permit": "?permit=none", "flag": "?flag=not_geocoded",
        "rare flag": "?flag=swapped", "common words": "?q=启明路", "rare words": "?q=孔雀",
        "no such words": "?q=鲸鱼", "number": "?q=GG-050000", "far page": f"?after={_far_key(first)}",
        "road": "?road_kind=main", "words and area": f"?q=百货&area={area}",
    }  # fmt: skip
    pages = [(name, here + query) for name, query in lists.items()]
    return pages + _maps(district)


def _far_key(rows: Any) -> str:
    from chengzhi.registers.filters import token_of

    number = rows.order_by("-pk").values_list("pk", flat=True)[1000]
    return token_of(("sign", number))


def _maps(district: Any) -> list[tuple[str, str]]:
    from django.urls import reverse

    address = reverse("registers:features", args=["sign"])
    lon, lat = (district.min_lon + district.max_lon) / 2, (district.min_lat + district.max_lat) / 2
    found = []
    for zoom in (10, 12, 14, 16):
        half = 360 / 2**zoom  # a window of 1024 pixels, tiles of 512
        box = f"{lon - half},{lat - half * 0.6},{lon + half},{lat + half * 0.6}"
        found.append((f"map {zoom}", f"{address}?bbox={box}&zoom={zoom}"))
        found.append((f"filtered map {zoom}", f"{address}?bbox={box}&zoom={zoom}&permit=expired"))
    return found


def _time(client: Any, path: str) -> dict[str, Any]:
    spent, busy = [], []
    for turn in range(WARM + TIMES):
        began, worked = time.perf_counter(), _worked()
        answer = client.get(path)
        took, cpu = (time.perf_counter() - began) * 1000, _worked() - worked
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status_code}")
        if turn >= WARM:
            spent.append(took)
            busy.append(cpu)
    return _halves(spent, "") | _halves(busy, "cpu_")


def _halves(times: list[float], prefix: str) -> dict[str, float]:
    times.sort()
    last = times[int(0.95 * (len(times) - 1))]
    return {f"{prefix}p50": round(statistics.median(times), 2), f"{prefix}p95": round(last, 2)}


def _worked() -> float:
    """Processor milliseconds of this process and of its database backend so far: on a machine that
    others use too, the clock's time says little."""
    from django.db import connection

    own = time.process_time() * 1000
    if connection.connection is None or not Path("/proc/self/schedstat").exists():
        return own
    backend = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    return own + int(backend.read_text().split()[0]) / 1e6
