"""`chengzhi upper` as an office runs it: their list in as a file, the replies out in their form."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import fastexcel
import polars as pl
import pytest

from tests.photo_samples import jpeg
from tests.story.conftest import Served
from tests.story.fault_steps import PASSWORD

pytestmark = pytest.mark.slow
SYSTEM = "市平台"
COLUMNS = ("任务号", "截止时间", "问题描述", "位置描述", "状态", "承办单位", "办理情况", "照片")
ROWS: tuple[tuple[Any, ...], ...] = (
    ("U-001", datetime(2030, 4, 5, 18), "垃圾成堆", "启明路1号", "待处理", None, None, None),
    ("U-002", datetime(2030, 4, 4, 12), "路面积水 🌧", "启明路2号", "处理中", None, None, None),
    ("U-001", datetime(2030, 4, 5, 18), "重复的一行", "启明路1号", "待处理", None, None, None),
    (None, datetime(2030, 4, 5, 18), "没有任务号", "启明路1号", "待处理", None, None, None),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("upper")


def said(served: Served, *words: str, status: int = 0) -> dict[str, Any]:
    """The command's one line; everything else it says is on stderr."""
    done = served.installation.command("upper", *words, "--json")
    assert (done.returncode, done.stdout.count("\n")) == (status, 1), done.stdout + done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def counts(answer: dict[str, Any]) -> Sequence[int]:
    return [answer[name] for name in ("read", "new", "matched", "changed", "same", "rejected")]


@pytest.fixture(scope="module")
def taken(served: Served, folder: Path) -> Path:
    """Their list as a workbook, loaded once."""
    path = folder / "待办.xlsx"
    pl.DataFrame(dict(zip(COLUMNS, zip(*ROWS, strict=True), strict=True))).write_excel(path)
    answer = said(served, "import", str(path), "--system", SYSTEM, "--district", "sample")
    assert counts(answer) == [4, 2, 0, 0, 0, 2]
    assert [one["row"] for one in answer["reasons"]] == [3, 4]
    return path


def order(served: Served, number: str) -> tuple[Any, ...]:
    found = served.installation.rows(
        "SELECT o.id, o.case_id, o.due_at, c.state, c.channel FROM reports_upperorder o"
        " JOIN cases_case c ON c.id = o.case_id WHERE o.system = %s AND o.number = %s",
        SYSTEM,
        number,
    )
    assert len(found) == 1
    return found[0]


def test_their_list_becomes_cases_once(served: Served, taken: Path) -> None:
    before = served.count("SELECT count(*) FROM cases_case")
    again = said(served, "import", str(taken), "--system", SYSTEM, "--district", "sample")
    assert counts(again) == [4, 0, 0, 0, 2, 2]
    assert served.count("SELECT count(*) FROM cases_case") == before
    found = order(served, "U-001")
    assert (found[2].isoformat(), *found[3:]) == ("2030-04-05T10:00:00+00:00", "pending_dispatch", "upper")
    words = served.installation.command(
        "upper", "import", str(taken), "--system", SYSTEM, "--district", "sample"
    )
    assert "4 lines read: 0 new" in words.stdout
    assert "row 4:" in words.stdout


def test_a_later_list_as_csv_changes_a_deadline(served: Served, taken: Path, folder: Path) -> None:
    path = folder / "later.csv"
    lines = [",".join(COLUMNS), "U-001,2030-04-07 09:30,垃圾成堆,启明路1号,已延期,,,"]
    path.write_bytes("\r\n".join(lines).encode("gb18030"))
    answer = said(served, "import", str(path), "--system", SYSTEM, "--district", "sample")
    assert counts(answer) == [1, 0, 0, 1, 0, 0]
    assert order(served, "U-001")[2].isoformat() == "2030-04-07T01:30:00+00:00"


def confirm(served: Served, number: str, **typed: str) -> None:
    """What a clerk does on the page: look at the prefilled reply, type the rest, confirm."""
    if not served.count("SELECT count(*) FROM people_account WHERE username = 'clerk'"):
        served.step("clerk", "clerk")
    cookie = served.sign_in("clerk", PASSWORD)
    path = f"/desk/upper/{order(served, number)[0]}/"
    status, headers, page = served.ask("GET", path, headers={"Cookie": cookie})
    assert status == 200, page[:2000]
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None
    fields = {label: place for place, label in re.findall(r'<label for="(column_\d+)">([^<]+)</label>', page)}
    prefilled = dict(re.findall(r'name="(column_\d+)" value="([^"]*)"', page))
    form = prefilled | {fields[name]: value for name, value in typed.items()}
    status, _, page = served.ask(
        "POST", path, urlencode(form | {"csrfmiddlewaretoken": token[1]}).encode(),
        {"Cookie": f"{cookie}; {headers['set-cookie'].split(';')[0]}",
         "Content-Type": "application/x-www-form-urlencoded"},
    )  # fmt: skip
    assert status == 302, page[:2000]


def test_confirmed_replies_go_out_once_with_their_photos(served: Served, taken: Path, folder: Path) -> None:
    out = folder / "replies.csv"
    nothing = said(served, "replies", str(folder / "nothing.csv"), "--district", "sample")
    assert (nothing["replies"], nothing["photos"], nothing["photo_archive"]) == (0, 0, None)
    (folder / "after.jpg").write_bytes(jpeg(640, 480))
    served.step("add_photo", str(order(served, "U-001")[1]), str(folder / "after.jpg"))
    confirm(served, "U-001", 承办单位="市容环卫处", 办理情况="=已清理，路面干净")
    answer = said(served, "replies", str(out), "--district", "sample", "--system", SYSTEM)
    assert (answer["replies"], answer["photos"], answer["file"]) == (1, 1, str(out))
    (row,) = csv.DictReader(io.StringIO(out.read_text("utf-8-sig")))
    assert (row["编号"], row["承办单位"], row["照片"]) == ("U-001", "市容环卫处", "U-001_1.jpg")
    assert row["办理情况"] == "'=已清理，路面干净"  # a spreadsheet must not take it for a formula
    with zipfile.ZipFile(answer["photo_archive"]) as packed:
        assert packed.namelist() == ["U-001_1.jpg"]
        assert packed.read("U-001_1.jpg")[:3] == b"\xff\xd8\xff"
    assert said(served, "replies", str(folder / "again.csv"), "--district", "sample")["replies"] == 0


def test_replies_as_a_workbook(served: Served, taken: Path, folder: Path) -> None:
    confirm(served, "U-002", 办理情况="积水已排")
    answer = said(served, "replies", str(folder / "replies.xlsx"), "--district", "sample")
    assert (answer["replies"], answer["photo_archive"]) == (1, None)
    frame = fastexcel.read_excel(folder / "replies.xlsx").load_sheet(0, dtypes="string").to_polars()
    assert frame["编号"].to_list() == ["U-002"]
    assert frame["办理情况"].to_list() == ["积水已排"]


def broken_workbook(folder: Path) -> Path:
    path = folder / "broken.xlsx"
    pl.DataFrame({"任务号": ["X-1"]}).write_excel(path)
    path.write_bytes(path.read_bytes()[:-400])  # cut off on the way
    return path


def without_numbers(folder: Path) -> Path:
    path = folder / "without.csv"
    path.write_text("街道,内容\n一,二\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("make", "code"), [(broken_workbook, "import.unreadable"), (without_numbers, "import.bad_mapping")]
)
def test_a_bad_file_is_refused_in_words_and_changes_nothing(
    served: Served, folder: Path, make: Callable[[Path], Path], code: str
) -> None:
    before = served.count("SELECT count(*) FROM reports_upperorder")
    words = ("import", str(make(folder)), "--system", "12345", "--district", "sample")
    error = said(served, *words, status=1)["error"]
    assert error["code"] == code
    assert error["what"]
    assert error["cure"]
    assert served.count("SELECT count(*) FROM reports_upperorder") == before
    plain = served.installation.command("upper", *words)
    assert (plain.returncode, plain.stdout) == (1, "")
    assert f"[{code}]" in plain.stderr


def test_what_is_asked_wrongly_is_told_apart(served: Served, taken: Path, folder: Path) -> None:
    listed = ("import", str(taken), "--system", SYSTEM)
    assert (
        said(served, *listed, "--district", "nowhere", status=1)["error"]["code"] == "import.which_district"
    )
    wrong = ("replies", str(folder / "replies.pdf"), "--district", "sample")
    assert said(served, *wrong, status=1)["error"]["code"] == "upper.bad_reply_file"
    for words in (listed, ("import", str(folder / "none.csv"), "--system", SYSTEM, "--district", "sample")):
        done = served.installation.command("upper", *words, "--json")
        assert (done.returncode, done.stdout) == (2, ""), words
