"""What comes in broken, too large, twice or made to hurt: a clear answer, and nothing stored by halves."""

import json
import re
import resource
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.photo_samples import huge_png, jpeg
from tests.story.conftest import Served

CASES = "SELECT count(*) FROM cases_case"


def report(**facts: object) -> dict[str, object]:
    return {"text": "路灯不亮", "address": "示例区启明路 1 号", **facts}


def said(answer: dict[str, dict[str, str]]) -> None:
    """An error is three sentences: what, why, what to do."""
    error = answer["error"]
    assert all(error[part].strip() for part in ("code", "what", "why", "cure")), error


BROKEN = {
    "not a number": b'{"text": "x", "lon": NaN, "lat": NaN}',
    "infinite": b'{"text": "x", "lon": Infinity, "lat": 24.3}',
    "no longitude": b'{"text": "x", "lat": 24.3}',
    "swapped": json.dumps(report(lon=24.3, lat=109.4)).encode(),
    "beyond the pole": json.dumps(report(lon=109.4, lat=91)).encode(),
    "a number as text": b'{"text": 7, "address": "a road here"}',
    "no place": '{"text": "路灯不亮"}'.encode(),
    "unknown field": json.dumps(report(reported_at="2026-02-30T25:61:00")).encode(),
    "unknown type": json.dumps(report(type="no-such")).encode(),
    "cell of nowhere": json.dumps(report(cell=2**62)).encode(),
    "cell beyond numbers": json.dumps(report(cell=2**80)).encode(),
    "too long": json.dumps(report(text="长" * 4001)).encode(),
    "only spaces and control characters": json.dumps(
        {"text": " \x00\x07\u200b ", "address": "\x00"}
    ).encode(),
    "half a character": b'{"text": "half \\ud83d of it", "address": "a road here"}',
    "no JSON": b"{text: 1",
    "no object": b"[]",
    "nothing": b"",
    "not UTF-8": b'{"text": "\xff\xfe\xb0\xa1", "address": "a road here"}',
    "endless brackets": b"[" * 200_000,
}


@pytest.mark.parametrize("name", list(BROKEN))
def test_a_broken_report_is_refused_in_words_and_leaves_nothing(served: Served, name: str) -> None:
    before = served.count(CASES)
    status, answer = served.send(BROKEN[name])
    assert status in (400, 422), (status, answer)
    said(answer)
    assert served.count(CASES) == before


STRANGE = {
    "emoji": "井盖坏了 🕳️👷🏽‍♀️🇨🇳",
    "right to left": "الإنارة معطلة في الشارع",
    "a hidden turn of direction": "photo\u202egpj.exe is here",
    "control characters": "line one\r\nline\ttwo\x00\x07\x1b[31m end",
    "combining": "水" + "\u0301" * 200,
    "markup": "<script>alert(1)</script>{{ 7*7 }}' OR 1=1 --",
}


@pytest.mark.parametrize("name", list(STRANGE))
def test_strange_text_is_kept_readable_and_shown_harmless(served: Served, name: str) -> None:
    status, answer = served.send(report(text=STRANGE[name]))
    assert status == 201, answer
    kept = served.installation.rows("SELECT text FROM cases_case WHERE number = %s", answer["number"])[0][0]
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", kept), repr(kept)
    readable = "".join(c for c in STRANGE[name] if c.isalpha() and not "\ud800" <= c <= "\udfff")
    assert "".join(c for c in kept if c.isalpha()).replace("\ufffd", "")[:20] == readable[:20]
    status, _, page = served.ask("GET", answer["follow"])
    assert status == 200
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/cases?after=no-such-place", "/api/v1/cases?q=%00", "/api/v1/cases/%00", "/api/v1/cases?state=%00", "/api/v1/cases?limit=99999999999999999999", "/find/?number=%00",
        "/find/?number=%ED%A0%80", "/follow/%00/", "/follow/" + "x" * 3000 + "/", "/report/?type=2147483648",
        "/report/?type=%F0%9F%98%80", "/d/sample/report/nearby/?lon=nan&lat=inf",
        "/d/sample/report/nearby/?lon=24.3&lat=109.4", "/d/sample/report/types/?q=%00%ff",
        "/d/sample/report/cells/?q=%00", "/photo/99999999999999999999/", "/d/../../etc/passwd",
    ],
)  # fmt: skip
def test_a_broken_address_is_no_failure_of_ours(served: Served, path: str) -> None:
    status, _, page = served.ask("GET", path, headers={"Authorization": f"Bearer {served.key}"})
    assert status < 500, page[:2000]


def test_swapped_or_far_places_in_pages_are_told_not_stored(served: Served) -> None:
    before = served.count(CASES)
    for lon, lat in (("nan", "nan"), ("24.3", "109.4"), ("1e999", "1"), ("109,4", "x")):
        status, _, page = served.form("/d/sample/report/", {**opened(served), "lon": lon, "lat": lat})
        assert status in (400, 422), (lon, lat, status)
        assert "路灯不亮" in page, "what was typed is still there"
    assert served.count(CASES) == before


def opened(served: Served, wait: bool = False) -> dict[str, str]:
    """The hidden fields of a fresh form, with something typed; a person needs some seconds."""
    page = served.ask("GET", "/d/sample/report/")[2]
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key is not None
    if wait:
        time.sleep(3.2)
    return {
        "key": key[1],
        "text": "路灯不亮",
        "action": "send_anyway",
        "website": "",
        "address": "启明路西口",
    }


def stored(served: Served) -> int:
    return served.count("SELECT count(*) FROM files_storedfile")


def test_a_photo_of_fifty_megabytes_is_refused_and_the_next_one_taken(served: Served) -> None:
    before = stored(served)
    status, _, page = served.form("/d/sample/report/photo/", {}, ("big.jpg", jpeg() + bytes(50_000_000)))
    assert status in (200, 413, 422)
    assert "large" in page, page[:2000]
    assert stored(served) == before
    status, _, page = served.form("/d/sample/report/photo/", {}, ("small.jpg", jpeg()))
    assert (status, stored(served)) == (200, before + 1)


def test_a_picture_that_unpacks_to_gigabytes_is_refused_unopened(served: Served) -> None:
    bomb, before = huge_png(60_000), stored(served)
    assert len(bomb) < 2_000_000
    began = time.monotonic()
    _, _, page = served.form("/d/sample/report/photo/", {}, ("bomb.png", bomb))
    assert time.monotonic() - began < 5
    assert "pixels" in page, page[:2000]
    assert stored(served) == before


def test_a_table_that_unpacks_to_gigabytes_is_refused_in_little_memory(
    served: Served, tmp_path: Path
) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in ("[Content_Types].xml", "xl/workbook.xml"):
            packed.writestr(name, "<x/>")
        with packed.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(1500):
                sheet.write(bytes(1_000_000))
    assert path.stat().st_size < 2_000_000
    answer = served.installation.json(
        "import", "reports", str(path), "--mapping", "boston-2011", "--district", "boston", status=1
    )
    said(answer)
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 1_500_000  # KB; 1.5 GB unpacked


def test_impossible_dates_and_places_of_a_file_are_rejected_or_flagged_row_by_row(
    served: Served, tmp_path: Path
) -> None:
    import polars as pl

    head = ["case_enquiry_id", "open_dt", "target_dt", "closed_dt", "case_status", "type", "department",
            "longitude", "latitude", "location", "location_street_name", "location_zipcode", "neighborhood",
            "source", "closure_class", "duplicate_of", "case_title"]  # fmt: skip
    good = pl.read_parquet(Path("packs/boston/data/boston311_2011.parquet").resolve()).head(1)
    assert set(head) - set(good.columns) == set()
    row = {name: str(good[name][0] or "") for name in head}
    rows = [
        {**row, "case_enquiry_id": "900001"},
        {**row, "case_enquiry_id": "900002", "open_dt": "2011-02-30 10:00:00"},
        {**row, "case_enquiry_id": "900003", "open_dt": "2011-13-01 25:61:00"},
        {**row, "case_enquiry_id": "900004", "open_dt": "2911-01-01 00:00:00"},
        {**row, "case_enquiry_id": "900005", "longitude": "nan", "latitude": "inf"},
        {**row, "case_enquiry_id": "900006", "longitude": row["latitude"], "latitude": row["longitude"]},
        {**row, "case_enquiry_id": "", "location": "no number"},
        {**row, "case_enquiry_id": "900008", "location": "\x07 emoji 🕳️ \u202e"},
    ]
    path = tmp_path / "rows.csv"
    pl.DataFrame(rows).write_csv(path)
    words = ("import", "reports", str(path), "--mapping", "boston-2011", "--district", "boston")
    done = served.installation.json(*words)
    assert {k: done[k] for k in ("read", "loaded", "rejected", "existing")} == {
        "read": 8, "loaded": 4, "rejected": 4, "existing": 0,
    }  # fmt: skip
    rejects = Path(done["rejects"]).read_text()
    assert "900002" in rejects
    assert "900004" in rejects
    placed = served.installation.rows(
        "SELECT number, cell_id, lon FROM cases_case WHERE number LIKE '90000%%' AND lon IS NOT NULL"
    )
    assert [one for one in placed if one[0].endswith(("5", "6")) and one[1] is not None] == []
    again = served.installation.json(*words)
    assert (again["loaded"], again["existing"], again["rejected"]) == (0, 4, 4)


def test_the_same_key_eight_times_at_once_is_one_case(served: Served) -> None:
    before = served.count(CASES)
    with ThreadPoolExecutor(8) as many:
        answers = list(many.map(lambda _: served.send(report(text="八次"), "eight-at-once"), range(8)))
    assert {status for status, _ in answers} == {201}
    assert len({answer["number"] for _, answer in answers}) == 1
    assert [answer["repeated"] for _, answer in answers].count(False) == 1
    assert served.count(CASES) == before + 1


def test_a_double_click_on_the_form_is_one_case(served: Served) -> None:
    before, filled = served.count(CASES), opened(served, wait=True)
    with ThreadPoolExecutor(3) as many:
        answers = list(many.map(lambda _: served.form("/d/sample/report/", filled), range(3)))
    assert [status for status, _, _ in answers] == [303] * 3, answers[0][2][:2000]
    assert len({headers["location"] for _, headers, _ in answers}) == 1
    assert served.count(CASES) == before + 1


@pytest.fixture(scope="module", autouse=True)
def earlier(served: Served) -> int:
    """How long the log was before: another file kills the database, and the log tells of it."""
    return len(_log(served))


def _log(served: Served) -> str:
    return (served.installation.home / "logs" / "web.log").read_text()


def test_after_all_that_the_record_is_whole_and_the_log_shows_no_failure(
    served: Served, earlier: int
) -> None:
    assert served.health() == 200
    assert served.installation.json("ledger", "verify")["ok"] is True
    log = _log(served)[earlier:]
    assert "Traceback" not in log, log[-3000:]
