"""Storing on a real disk, also when it is full, and forgetting."""

import hashlib
import os
import subprocess
import sys
import textwrap
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.storage import storages

from chengzhi.files import actions, queries
from chengzhi.files.models import StoredFile
from chengzhi.files.problems import FileMissing, FileTooLarge
from chengzhi.files.vault import vault
from tests.photo_samples import jpeg

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 3, 8, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    return settings.MEDIA_ROOT


def store(content=None, **facts):
    return actions.store(content or jpeg(), district_id=None, kind="photo", by=None, on=NOW, **facts).file


def contents(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_content_lies_under_its_hash(folder):
    file = store(name="C:\\Users\\zhang\\坑\u202e洞.jpg")
    (path,) = contents(folder)
    assert path.relative_to(folder).as_posix() == file.path
    assert hashlib.sha256(path.read_bytes()).hexdigest() == file.sha256
    assert path.stat().st_mode & 0o077 == 0
    assert file.original_name == "坑洞.jpg"


def test_same_content_is_stored_once_and_forgotten_with_the_last_row(folder):
    first, second = store(), store()
    assert first.path == second.path
    queries.thumbnail(first)
    actions.forget(first)
    assert queries.content(second)
    actions.forget(second)
    assert contents(folder) == []


def test_stream_is_read_no_further_than_the_limit(settings):
    settings.FILE_LIMITS = {"photo_bytes": 1000}

    class Endless:
        given = 0

        def read(self, size):
            self.given += size
            return bytes(size)

    stream = Endless()
    with pytest.raises(FileTooLarge):
        actions.store(stream, district_id=None, kind="photo", by=None, on=NOW)
    assert stream.given == 1001
    assert not StoredFile.objects.exists()


def test_thumbnail_is_small_and_kept(folder):
    file = store(jpeg(1200, 900))
    small = queries.thumbnail(file)
    assert small[8:12] == b"WEBP"
    assert len(contents(folder)) == 2
    assert queries.thumbnail(file) == small


def test_lost_content_says_so(folder):
    file = store()
    (folder / file.path).unlink()
    with pytest.raises(FileMissing) as caught:
        queries.content(file)
    assert caught.value.status == 404


def test_sweep_forgets_old_drafts_and_orphans_only(folder):
    kept, draft, used = store(jpeg(30, 30)), store(jpeg(31, 31), draft=True), store(jpeg(32, 32), draft=True)
    actions.keep([used.id])
    orphan = folder / "aa" / "bb" / "aabb00.jpg"
    orphan.parent.mkdir(parents=True)
    orphan.write_bytes(b"left by a transaction that was rolled back")
    part = folder / "aa" / "bb" / "aabb01.jpg.1234.part"
    part.write_bytes(b"half")
    young = folder / "aa" / "bb" / "aabb02.jpg"
    young.write_bytes(b"its row may be about to be committed")
    long_ago = NOW.timestamp() - 10 * 365 * 86400
    for path in contents(folder):
        if path != young:
            os.utime(path, (long_ago, long_ago))
    assert actions.sweep(on=NOW) == {"drafts": 0, "orphans": 2}
    assert actions.sweep(on=NOW + timedelta(days=3)) == {"drafts": 1, "orphans": 0}
    left = {path.name for path in contents(folder)}
    assert left == {f"{kept.sha256}.jpg", f"{used.sha256}.jpg", young.name}
    assert not StoredFile.objects.filter(id=draft.id).exists()


def test_bucket_holds_the_same(settings, folder):
    settings.STORAGES = {
        **settings.STORAGES,
        "photos": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    }
    file = store()
    assert not folder.exists()
    assert storages["photos"].exists(file.path)
    assert queries.content(file)[:2] == b"\xff\xd8"
    actions.forget(file)
    with pytest.raises(FileMissing):
        vault().get(file.path)


# A disk that is really full: the kernel refuses in the middle of the write. The child may
# mount a small memory disk when it is root in its own name space; else its files may not
# grow beyond 20 KB. Both come back from write(2) as an error after some bytes were taken.
FULL = textwrap.dedent(
    """
    import resource, signal, subprocess, sys
    from pathlib import Path
    root = Path(sys.argv[1])
    way = "tmpfs"
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=20k", "tmpfs", root], capture_output=True).returncode:
        way = "limit"
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
    from django.conf import settings
    settings.configure(USE_I18N=False)
    from chengzhi.files.problems import DiskFull
    from chengzhi.files.vault import DiskVault
    try:
        DiskVault(root).put("ab/cd/abcd.jpg", bytes(range(256)) * 400)
    except DiskFull as problem:
        left = [p for p in root.rglob("*") if p.is_file()]
        print(way, problem.code, problem.status, len(left))
    """
)


def test_full_disk_is_a_clear_problem_and_nothing_stays_half_stored(tmp_path):
    alone = ["unshare", "--mount", "--map-root-user"]
    usable = subprocess.run([*alone, "true"], capture_output=True, check=False).returncode == 0
    command = [*(alone if usable else []), sys.executable, "-c", FULL, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split()[1:] == ["files.disk_full", "507", "0"], done.stdout + done.stderr


def test_no_row_where_the_content_could_not_be_written(settings, tmp_path):
    (tmp_path / "no-folder").write_text("a file stands where the folder should be")
    settings.MEDIA_ROOT = tmp_path / "no-folder"
    with pytest.raises(OSError, match="no-folder"):
        store()
    assert not StoredFile.objects.exists()
