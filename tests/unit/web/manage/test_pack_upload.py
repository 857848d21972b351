"""A district pack sent as a .zip: checked, shown, loaded by the real job; traps refused and nothing kept."""

import io
import zipfile
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from chengzhi.jobs.models import JobRun
from chengzhi.jobs.registry import work_of
from chengzhi.ledger.models import Entry
from chengzhi.people.models import Account
from chengzhi.pipeline import pack_uploads
from chengzhi.places.models import Area, District
from chengzhi.places.packfile import pack_folders
from tests.people_builders import PASSWORD, account, district, post

pytestmark = pytest.mark.django_db
LIUNAN = next(folder for folder in pack_folders() if folder.name == "liunan")


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "HOME", tmp_path)
    return tmp_path


def signed_in(person: Account) -> Client:
    client = Client()
    client.post("/account/login/", {"username": person.username, "password": PASSWORD})
    client.cookies["language"] = "en"
    return client


@pytest.fixture
def here(db):
    return district()


@pytest.fixture
def root(here):
    person = account("root", is_installation_administrator=True)
    return signed_in(post(person, here, "administrator").account)


def pack(folder: str = "newtown/", **changes: object) -> dict[str, bytes]:
    """The files of a small real pack under another slug."""
    files = {
        f"{folder}{path.relative_to(LIUNAN).as_posix()}": path.read_bytes()
        for path in LIUNAN.rglob("*")
        if path.is_file()
    }
    manifest = yaml.safe_load(files[f"{folder}pack.yaml"]) | {"slug": "newtown", "name": "新区"} | changes
    return files | {f"{folder}pack.yaml": yaml.safe_dump(manifest, allow_unicode=True).encode()}


def zipped(files: dict[str, bytes]) -> SimpleUploadedFile:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return SimpleUploadedFile("pack.zip", buffer.getvalue())


def send(client: Client, files: dict[str, bytes]):
    return client.post("/manage/packs/upload/", {"file": zipped(files)})


def text(answer) -> str:
    return answer.content.decode()


def work(run: JobRun) -> dict:
    JobRun.objects.filter(pk=run.pk).update(state=JobRun.State.RUNNING)  # as the worker does before
    run.refresh_from_db()
    return work_of(run.kind)(run)


def load_button(page: str) -> str:
    return "/manage/packs/upload/" + page.split("/manage/packs/upload/")[-1].split('"')[0]


@pytest.mark.parametrize("folder", ["newtown/", ""])
def test_a_new_district_is_shown_and_loaded_once(root, home, folder):
    page = text(send(root, {**pack(folder), f"{folder}.DS_Store": b"x", "__MACOSX/._pack.yaml": b"x"}))
    assert "A new district." in page
    assert ">98<" in page.replace(" ", "") or "109" in page  # areas
    assert not District.objects.filter(slug="newtown").exists()
    address = load_button(page)
    for _ in range(2):  # pressed twice
        assert root.post(address).status_code == 302
    run = JobRun.objects.get()
    assert work(run)["changed"] is True
    made = District.objects.get(slug="newtown")
    assert Area.objects.filter(district=made).count() == 109
    entry = Entry.objects.get(thing="district", thing_id=made.pk, step="load_pack")
    assert entry.actor_id == Account.objects.get(username="root").pk
    assert (home / "packs" / "newtown" / "pack.yaml").exists()
    assert not list((home / "run" / "packs").iterdir())
    assert work(run)["changed"] is False  # the worker was killed behind the load and begins again
    assert "newtown" in text(root.get("/manage/packs/"))
    assert "Exactly this version" in text(send(root, pack(folder)))


def test_a_new_version_replaces_the_kept_folder(root, home):
    for version in ("1", "2"):
        root.post(load_button(text(send(root, pack(version=version)))))
        run = JobRun.objects.latest("id")
        work(run)
        JobRun.objects.filter(pk=run.pk).update(state=JobRun.State.DONE)
    assert District.objects.get(slug="newtown").pack_version.startswith("2-")
    kept = yaml.safe_load((home / "packs" / "newtown" / "pack.yaml").read_text("utf-8"))
    assert kept["version"] == "2"
    assert [path.name for path in (home / "packs").iterdir()] == ["newtown"]


def test_an_administrator_of_one_district_changes_no_other(root, here):
    boss = signed_in(post(account("boss"), here, "administrator").account)
    assert send(boss, pack()).status_code == 404
    page = text(send(boss, pack(slug=here.slug)))
    assert "A new version of a district" in page
    # Another person's upload is not there for oneself.
    theirs = load_button(text(send(root, pack())))
    assert boss.post(theirs).status_code == 302
    assert not JobRun.objects.exists()
    clerk = signed_in(post(account(), here, "intake_clerk").account)
    assert clerk.get("/manage/packs/upload/").status_code == 404


def test_the_shipped_packs_keep_their_slugs(root):
    answer = send(root, pack(slug="liunan"))
    assert answer.status_code == 409
    assert "ships with the program" in text(answer)


def bomb() -> dict[str, bytes]:
    return {**pack(), "newtown/areas.geojson": b" " * 80_000_000}


@pytest.mark.parametrize(
    ("files", "status"),
    [
        (lambda: {**pack(), "newtown/../../evil.csv": b"x"}, 422),
        (lambda: {**pack(), "/etc/evil.csv": b"x"}, 422),
        (lambda: {**pack(), "newtown/run.sh": b"x"}, 422),
        (lambda: {**pack(), "other/pack.yaml": b"x"}, 422),
        (lambda: {"a/b/pack.yaml": b"x"}, 422),
        (lambda: {"readme.md": b"x"}, 422),
        (lambda: {**pack(), "newtown/areas.csv": b"level,code,parent,name\nstreet,1,,\n"}, 422),
        (bomb, 413),
    ],
)
def test_traps_are_refused_and_nothing_is_kept(root, home, files, status):
    answer = send(root, files())
    assert answer.status_code == status, text(answer)[:2000]
    assert 'role="alert"' in text(answer)
    assert not list((home / "run" / "packs").iterdir())
    assert not (home / "etc").exists()
    assert not JobRun.objects.exists()


def test_a_link_in_the_archive_and_a_file_that_is_no_archive_are_refused(root, home):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in pack().items():
            archive.writestr(name, content)
        link = zipfile.ZipInfo("newtown/streets.csv")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    for content in (buffer.getvalue(), b"PK\x03\x04broken", b"hello"):
        answer = root.post("/manage/packs/upload/", {"file": SimpleUploadedFile("p.zip", content)})
        assert answer.status_code in (415, 422)
    assert not list((home / "run" / "packs").iterdir())


def test_uploads_nobody_confirmed_are_forgotten(root, home, monkeypatch):
    send(root, pack())
    monkeypatch.setattr(pack_uploads, "KEPT_SECONDS", -1)
    address = load_button(text(send(root, pack())))
    assert len(list(Path(home / "run" / "packs").iterdir())) == 1
    assert root.post(address).status_code == 302
