"""Photos in the bucket of a real S3 server: kept, read, forgotten; and what is said when it fails."""

import os
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile

from chengzhi import checks
from chengzhi.environment import read_settings
from chengzhi.files import actions, bucket, queries
from chengzhi.files.models import StoredFile
from chengzhi.files.problems import FileMissing, StoreRefused, StoreUnreachable
from chengzhi.files.vault import vault
from tests.bucket_server import BUCKET, KEYS, BucketServer
from tests.intake_builders import build_district
from tests.photo_samples import jpeg

pytestmark = [pytest.mark.django_db, pytest.mark.s3]
NOW = datetime(2026, 4, 3, 8, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BucketServer]:
    found = BucketServer(tmp_path_factory.mktemp("bucket")).start()
    yield found
    found.kill()


def use(monkeypatch, endpoint: str, name: str = BUCKET, word: str = KEYS["chengzhi"]) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "chengzhi")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", word)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setitem(django_settings.ENV, "CHENGZHI_S3_BUCKET", name)
    monkeypatch.setitem(django_settings.ENV, "CHENGZHI_S3_ENDPOINT", endpoint)
    bucket.bucket_vault.cache_clear()


@pytest.fixture(autouse=True)
def used(server, monkeypatch, settings, tmp_path) -> Iterator[Path]:
    """The program uses the bucket; returns the folder where photos must not lie then."""
    settings.MEDIA_ROOT = tmp_path / "files"
    use(monkeypatch, server.endpoint)
    yield settings.MEDIA_ROOT
    bucket.bucket_vault.cache_clear()


def store(content=None, **facts):
    return actions.store(content or jpeg(), district_id=None, kind="photo", by=None, on=NOW, **facts).file


def test_a_photo_lies_in_the_bucket_and_is_forgotten_there(server, used):
    file = store(jpeg(900, 700))
    assert server.names() == [file.path]
    lies = server.client().get_object(Bucket=BUCKET, Key=file.path)
    assert lies["Body"].read() == queries.content(file)
    assert lies["ContentType"] == "image/jpeg"
    assert queries.thumbnail(file)[8:12] == b"WEBP"
    assert len(server.names()) == 2
    assert not used.exists()
    actions.forget(file)
    assert server.names() == []
    with pytest.raises(FileMissing):
        vault().get(file.path)
    vault().delete(file.path)  # once more is no error


def test_a_large_file_comes_back_byte_for_byte(tmp_path):
    content = os.urandom(20_000_000)  # larger than one part of an upload
    vault().put("ab/cd/large.pdf", content)
    vault().put("ab/cd/large.pdf", content)
    assert vault().get("ab/cd/large.pdf") == content
    vault().delete("ab/cd/large.pdf")
    (tmp_path / "large").write_bytes(content)
    vault().put_file("ab/cd/other.pdf", tmp_path / "large")
    with vault().open("ab/cd/other.pdf") as file:
        assert (file.read(10), file.read()) == (content[:10], content[10:])
    vault().delete("ab/cd/other.pdf")


def test_a_server_killed_and_started_again_has_what_it_acknowledged(server):
    files = [store(jpeg(40 + n, 40)) for n in range(5)]
    server.kill()
    with pytest.raises(StoreUnreachable):
        queries.content(files[0])
    server.start()
    assert [queries.content(file)[:2] for file in files] == [b"\xff\xd8"] * 5
    assert store(jpeg(200, 200)).path in server.names()
    for file in StoredFile.objects.all():
        actions.forget(file)
    assert server.names() == []


@pytest.fixture
def away(server) -> Iterator[None]:
    server.kill()
    yield
    server.start()


def test_a_store_that_is_away_is_told_soon_and_leaves_no_row(away):
    began = time.monotonic()
    with pytest.raises(StoreUnreachable) as caught:
        store()
    assert time.monotonic() - began < 15
    assert (caught.value.code, caught.value.status) == ("files.store_unreachable", 503)
    assert not StoredFile.objects.exists()


def test_the_page_says_so_and_keeps_what_was_written(away, client):
    place = build_district()
    client.cookies["language"] = "en"
    sent = SimpleUploadedFile("p.jpg", jpeg(), "image/jpeg")
    answer = client.post(f"/d/{place.district.slug}/report/photo/", {"photo": sent})
    page = answer.content.decode()
    assert answer.status_code in (200, 503)
    assert "The store of photos does not answer." in page
    assert "send the report without the photo now" in page
    client.cookies["language"] = "zh-hans"
    sent = SimpleUploadedFile("p.jpg", jpeg(), "image/jpeg")
    page = client.post(f"/d/{place.district.slug}/report/photo/", {"photo": sent}).content.decode()
    assert "照片存储没有响应" in page


def test_a_service_that_takes_the_call_and_says_nothing_is_given_up(monkeypatch):
    monkeypatch.setattr(bucket, "READ_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        use(monkeypatch, f"http://127.0.0.1:{silent.getsockname()[1]}")
        began = time.monotonic()
        with pytest.raises(StoreUnreachable):
            store()
        assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    ("name", "word", "said"),
    [
        (BUCKET, "not the word", {"SignatureDoesNotMatch", "403"}),
        ("no-such-bucket", KEYS["chengzhi"], {"NoSuchBucket", "AccessDenied", "403"}),
    ],
)
def test_a_refusal_names_its_cause_and_no_key(server, monkeypatch, name, word, said):
    use(monkeypatch, server.endpoint, name, word)
    with pytest.raises(StoreRefused) as caught:
        store()
    assert any(code in caught.value.why for code in said), caught.value.why
    assert KEYS["chengzhi"] not in str(caught.value.as_json())
    assert not StoredFile.objects.exists()


def test_the_check_finds_a_bucket_that_cannot_be_used(server, monkeypatch, tmp_path):
    def found(endpoint: str, name: str = BUCKET) -> list[str]:
        use(monkeypatch, endpoint, name)
        given = {"CHENGZHI_S3_BUCKET": name, "CHENGZHI_S3_ENDPOINT": endpoint, "CHENGZHI_HOME": str(tmp_path)}
        around = checks.Surroundings(tmp_path, read_settings(given), NOW, running=False)
        return [one.what for one in checks.photos_can_be_stored(around)]

    assert found(server.endpoint) == []
    assert found(server.endpoint, "no-such-bucket") != []
    assert found("http://127.0.0.1:1") != []
    assert found("", "") == []


def test_what_nobody_needs_is_swept_past_the_first_page_of_the_list(server, monkeypatch):
    kept = store()
    client = server.client()
    for number in range(1003):  # a service lists a thousand at a time
        client.put_object(Bucket=BUCKET, Key=f"00/00/{number:064x}.jpg", Body=b"left")
    assert len(list(vault().paths(-60))) == 1004
    monkeypatch.setattr(actions, "ORPHAN_SECONDS", -60)
    assert actions.sweep(on=NOW) == {"drafts": 0, "orphans": 1003}
    assert server.names() == [kept.path]
    actions.forget(kept)
