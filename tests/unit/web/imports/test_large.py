"""A real file of 80 MB goes through the page to disk in pieces; beyond the limit it says so and nothing stays."""

import resource
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.urls import reverse

from chengzhi.files.content import content_type
from chengzhi.files.limits import MEGABYTE, limits
from chengzhi.files.models import StoredFile
from chengzhi.files.tables import HEAD
from chengzhi.pipeline.models import Upload
from chengzhi.pipeline.uploads import local_copy
from tests.unit.web.imports.test_wizard import HEADER, clerk, here, text  # noqa: F401 -- fixtures

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.HOME, settings.MEDIA_ROOT = tmp_path, tmp_path / "files"
    return tmp_path


def large(path: Path, megabytes: int) -> Path:
    first, line = datetime(2026, 4, 3, 9, 0), 0
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER + "\n")
        while file.tell() < megabytes * MEGABYTE:
            rows = (
                f"L{n},{first + timedelta(seconds=n)},垃圾未清{'，很久了' * 20},暴露垃圾,109.35,24.31,解放路{n}号,单位01,,处置中,微信"
                for n in range(line, line + 2000)
            )
            file.write("\n".join(rows) + "\n")
            line += 2000
    return path


def left(home: Path) -> list[Path]:
    return [path for path in home.rglob("*") if path.is_file() and path.suffix != ".csv"]


def test_eighty_megabytes_are_taken_in_pieces_and_previewed(clerk, home, tmp_path_factory):  # noqa: F811
    path = large(tmp_path_factory.mktemp("sent") / "大表.csv", 80)
    size = path.stat().st_size
    assert size > 80 * MEGABYTE
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with path.open("rb") as file:
        answer = clerk.post(reverse("imports:index"), {"file": file})
    assert answer.status_code == 302, text(answer)
    upload = Upload.objects.select_related("file").get()
    assert (upload.file.size, upload.name) == (size, "大表.csv")
    assert local_copy(upload.file).read_bytes() == path.read_bytes()
    assert "L49" in text(clerk.get(answer["Location"]))
    assert not list((home / "run" / "spool").iterdir())
    # The test client itself builds the request in memory; the rest must not add the file again.
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    assert grown < 5 * size


def test_beyond_the_limit_it_says_so_and_nothing_stays(clerk, home, settings, tmp_path_factory):  # noqa: F811
    settings.FILE_LIMITS = {"table_bytes": 3 * MEGABYTE}
    path = large(tmp_path_factory.mktemp("sent") / "大表.csv", 4)
    with path.open("rb") as file:
        answer = clerk.post(reverse("imports:index"), {"file": file})
    assert answer.status_code == 422
    assert "larger than 3 MB" in text(answer)
    assert "chengzhi import reports" in text(answer)
    assert not StoredFile.objects.exists()
    assert not list((home / "run" / "spool").iterdir())
    assert not (home / "files").exists()


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("shift", [0, 1, 2, 3])
def test_a_sign_cut_at_the_end_of_the_looked_at_part_is_still_text(encoding, shift):
    content = (b"x" * shift + ("垃圾未清" * 2000).encode(encoding))[:HEAD]
    assert content_type(content) == "text/csv"


def test_the_store_reads_a_piece_at_a_time(here, settings, tmp_path):  # noqa: F811
    from chengzhi.files.tables import store_table
    from tests.people_builders import NOON

    settings.FILE_LIMITS = {"piece_bytes": 64 * 1024}
    asked: list[int] = []

    class Watched:
        def __init__(self, path: Path) -> None:
            self.file = path.open("rb")

        def read(self, size: int = -1) -> bytes:
            asked.append(size)
            return self.file.read(size)

    path = large(tmp_path / "viel.csv", 6)
    row = store_table(Watched(path), district_id=here.pk, by=None, on=NOON, name="viel.csv")
    assert set(asked) == {limits().piece_bytes}
    assert len(asked) == -(-path.stat().st_size // (64 * 1024)) + 1
    assert (settings.MEDIA_ROOT / row.path).stat().st_size == path.stat().st_size
