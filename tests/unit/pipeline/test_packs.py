"""Whole packs: loaded, loaded again, changed, refused whole."""

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from django.utils import translation

from chengzhi.cases.models import CaseLimit, CaseType, Escalation, RoutingRule, StageLimit
from chengzhi.errors import Problem
from chengzhi.ledger.queries import history
from chengzhi.people.actor import Actor
from chengzhi.people.models import Account, Post, RolePermission, Unit
from chengzhi.people.roles import roles
from chengzhi.people.rules import NotAllowed
from chengzhi.pipeline.packs import check_pack, load_all, load_pack
from chengzhi.places.models import Area, AreaCode, Cell, District
from chengzhi.places.tables import BadTable

PACKS = Path(__file__).resolve().parents[3] / "packs"
ON = datetime(2026, 11, 23, 8, tzinfo=UTC)
LATER = ON + timedelta(days=10)
BY = Actor.system()

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """The tests quote the English sentences, whether or not the Chinese ones are compiled."""
    with translation.override("en"):
        yield


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A copy of the sample pack with fewer, larger cells, which a test may change."""
    folder = tmp_path / "sample"
    shutil.copytree(PACKS / "sample", folder)
    change(folder, cells={"source": "generate", "size_m": 800})
    return folder


def change(folder: Path, **values: object) -> None:
    path = folder / "pack.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text("utf-8")) | values), "utf-8")


def replace(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text("utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new), "utf-8")


def test_all_three_packs_load_without_a_warning() -> None:
    loaded = load_all(by=BY, on=ON)
    assert [pack.slug for pack in loaded] == ["sample", "boston", "liunan"]
    assert not any(pack.warnings for pack in loaded)
    boston = District.objects.get(slug="boston")
    assert CaseType.objects.filter(district=boston).count() == 141
    assert not District.objects.get(slug="liunan").simulated
    assert District.objects.get(slug="sample").simulated


def test_the_second_load_changes_nothing(pack: Path) -> None:
    assert load_pack(pack, by=BY, on=ON).changed
    before = counts()
    assert not load_pack(pack, by=BY, on=LATER).changed
    forced = load_pack(pack, by=BY, on=LATER, force=True)
    assert forced.changed
    assert counts() == before
    assert not any(forced.ended.values())


def counts() -> list[int]:
    models = (Area, AreaCode, Cell, Unit, Post, Account, RolePermission, CaseType, CaseLimit, StageLimit,
              Escalation, RoutingRule)  # fmt: skip
    return [model._default_manager.count() for model in models]


def test_what_the_pack_no_longer_holds_gets_a_last_day(pack: Path) -> None:
    load_pack(pack, by=BY, on=ON)
    gone = Cell.objects.get(code__endswith="102206001")
    text = (pack / "areas.csv").read_text("utf-8").splitlines()
    (pack / "areas.csv").write_text("\n".join(x for x in text if "459904102206" not in x) + "\n", "utf-8")
    shapes = (pack / "areas.geojson").read_text("utf-8").splitlines()
    kept = [x.rstrip(",") for x in shapes[1:-1] if "459904102206" not in x]
    (pack / "areas.geojson").write_text(shapes[0] + "\n" + ",\n".join(kept) + "\n]}\n", "utf-8")
    again = load_pack(pack, by=BY, on=LATER)
    assert again.ended["areas"] == 1
    assert again.ended["cells"] >= 1
    gone.refresh_from_db()
    assert gone.valid_to == LATER.date()
    assert gone.area.valid_to == LATER.date()
    shutil.copy(PACKS / "sample" / "areas.csv", pack / "areas.csv")
    shutil.copy(PACKS / "sample" / "areas.geojson", pack / "areas.geojson")
    load_pack(pack, by=BY, on=LATER)
    gone.refresh_from_db()
    assert gone.valid_to is None  # the same row comes back: cases still point at it


def test_units_and_demo_posts_that_the_pack_names_no_more_go_out_of_use(pack: Path) -> None:
    load_pack(pack, by=BY, on=ON)
    district = District.objects.get(slug="sample")
    Unit.objects.create(district=district, code="own", name="本区自建", kind="squad")  # added on a page
    kept = {name: (pack / name).read_text("utf-8") for name in ("units.csv", "posts.csv", "routing.csv")}
    code, posts = "squad-3", kept["posts.csv"].splitlines()
    without = [line for line in posts if f",{code}," not in line]
    assert len(without) < len(posts)
    (pack / "posts.csv").write_text("\n".join(without) + "\n", "utf-8")
    for name in ("units.csv", "routing.csv"):
        lines = [line for line in kept[name].splitlines() if code not in line.split(",")]
        assert len(lines) < len(kept[name].splitlines())
        (pack / name).write_text("\n".join(lines) + "\n", "utf-8")
    loaded = load_pack(pack, by=BY, on=LATER)
    assert (loaded.ended["units"], loaded.ended["posts"]) == (1, len(posts) - len(without))
    assert dict(Unit.objects.filter(district=district).values_list("code", "active"))[code] is False
    assert Unit.objects.filter(district=district, active=False).count() == 1
    ended = Post.objects.filter(district=district, unit__code=code)
    assert {post.valid_to for post in ended} == {LATER.date() - timedelta(days=1)}
    for name, text in kept.items():
        (pack / name).write_text(text, "utf-8")
    back = load_pack(pack, by=BY, on=LATER + timedelta(days=1))
    assert (back.ended["units"], back.counts["posts"]) == (0, len(posts) - len(without))
    assert Unit.objects.get(district=district, code=code).active


def test_loading_is_all_or_nothing(pack: Path) -> None:
    replace(pack, "units.csv", "cleaner,sanitation", "cleaner,nowhere")
    with pytest.raises(BadTable, match="nowhere"):
        load_pack(pack, by=BY, on=ON)
    assert not District.objects.filter(slug="sample").exists()


def test_a_failure_while_writing_leaves_nothing(pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A duty area of a post that the database does not know: the check is by-passed on purpose.
    checked = check_pack(pack)
    monkeypatch.setattr("chengzhi.pipeline.packs.check_pack", lambda path: checked)
    checked.people.units.pop(0)
    with pytest.raises(KeyError):
        load_pack(pack, by=BY, on=ON)
    assert not District.objects.filter(slug="sample").exists()


def test_a_changed_limit_is_dated(pack: Path) -> None:
    load_pack(pack, by=BY, on=ON)
    replace(pack, "stage_limits.csv", "check,no,2,", "check,no,3,")
    load_pack(pack, by=BY, on=LATER)
    rows = StageLimit.objects.filter(stage="check", urgent=False).order_by("valid_from")
    assert [(row.amount, row.valid_from, row.valid_to) for row in rows] == [
        (Decimal(2), date(2025, 1, 1), LATER.date() - timedelta(days=1)),
        (Decimal(3), LATER.date(), None),
    ]


def test_a_limit_changed_on_a_page_stays(pack: Path) -> None:
    load_pack(pack, by=BY, on=ON)
    StageLimit.objects.filter(stage="check", urgent=False).update(amount=4, changed_by=7)
    replace(pack, "stage_limits.csv", "check,no,2,", "check,no,3,")
    load_pack(pack, by=BY, on=LATER)
    (row,) = StageLimit.objects.filter(stage="check", urgent=False)
    assert row.amount == 4
    assert row.valid_to is None


def test_settings_changed_on_a_page_stay_and_others_follow_the_pack(pack: Path) -> None:
    load_pack(pack, by=BY, on=ON)
    district = District.objects.get(slug="sample")
    hours = [["09:00", "12:00"], ["13:00", "17:00"]]
    district.settings |= {"second_factor": True, "calendar": {"name": "cn-gx", "hours": hours}}
    district.public_map, district.map_approval = True, "审图号：GS(2026)0000号"
    district.save()
    change(pack, language="en", calendar={"name": "cn", "hours": [["08:00", "12:00"]]})
    load_pack(pack, by=BY, on=LATER)
    district.refresh_from_db()
    assert district.settings["second_factor"] is True
    assert district.settings["calendar"]["hours"] == hours
    assert district.settings["language"] == "en"
    assert (district.public_map, district.map_approval) == (True, "审图号：GS(2026)0000号")


def test_every_role_has_a_demo_account_in_the_sample_district(pack: Path) -> None:
    load_pack(pack, by=BY, on=ON)
    posts = Post.objects.filter(district__slug="sample")
    assert set(posts.values_list("role", flat=True)) == set(roles())
    assert all(account.demo and not account.has_usable_password() for account in Account.objects.all())
    assert posts.filter(role="inspector", areas__isnull=False).exists()


def test_without_demo_there_is_no_account(pack: Path) -> None:
    load_pack(pack, by=BY, on=ON, demo=False)
    assert not Account.objects.exists()
    assert Unit.objects.exists()
    assert RolePermission.objects.exists()
    assert load_pack(pack, by=BY, on=ON, demo=True).changed
    assert Account.objects.filter(demo=True).exists()


def test_a_persons_login_is_never_given_a_demo_post(pack: Path) -> None:
    person = Account.objects.create(username="admin", name="真人", created_at=ON)
    loaded = load_pack(pack, by=BY, on=ON)
    assert not person.posts.exists()
    assert any("admin" in warning for warning in loaded.warnings)


def test_loading_needs_the_right_and_is_in_the_ledger(pack: Path) -> None:
    with pytest.raises(NotAllowed):
        load_pack(pack, by=Actor.resident(), on=ON)
    loaded = load_pack(pack, by=BY, on=ON)
    assert loaded.district_id is not None
    (entry,) = history("district", loaded.district_id)
    assert entry.step == "load_pack"
    assert entry.after == loaded.version
    assert entry.facts["counts"]["areas"] == 71


def test_limits_of_the_domains_and_of_the_file_both_load(pack: Path) -> None:
    load_pack(pack, by=BY, on=ON)
    types = CaseType.objects.filter(district__slug="sample")
    assert types.filter(code_set="GB/T 47678.5-2026").count() == 250
    assert types.exclude(domain="").exists()
    refuse = types.get(code="06010")
    assert refuse.default_unit is not None
    assert refuse.default_unit.code == "sanitation"
    without = [kind.code for kind in types.filter(limits=None, code_set="GB/T 47678.5-2026")]
    assert len(without) < 25, without


def test_boston_limits_are_the_commonest_of_the_file() -> None:
    load_pack(PACKS / "boston", by=BY, on=ON)
    row = CaseLimit.objects.get(type__district__slug="boston", type__name_en="Request for Pothole Repair")
    assert (row.amount, row.unit, row.status) == (Decimal(2), "working_days", "derived")
    assert row.source.startswith("mode of 2011 file, n=")


def test_liunan_brings_names_but_no_case_staff_or_shape() -> None:
    load_pack(PACKS / "liunan", by=BY, on=ON)
    district = District.objects.get(slug="liunan")
    assert district.areas.count() == 109
    assert not district.cells.exists()
    assert not Post.objects.filter(district=district).exists()
    assert not Account.objects.exists()
    south = Area.objects.get(district=district, name="南站街道")
    assert dict(south.codes.values_list("code_set", "code")) == {
        "nbs-2023": "450204002", "areacity": "450204004",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("posts.csv", "inspector,supervision,", "gardener,supervision,"),
        ("posts.csv", "459904001;459904002", "459904099"),
        ("limits.csv", "01*,default", "99999,default"),
        ("limits.csv", ",working_days,", ",fortnights,"),
        ("routing.csv", "02,,,municipal,", "02,,,nobody,"),
        ("escalation.csv", ",0.80,handler", ",-1,handler"),
        ("pack.yaml", "name: cn-gx", "name: cn-xx"),
    ],
)
def test_wrong_tables_are_refused_before_anything_is_written(
    pack: Path, name: str, old: str, new: str
) -> None:
    if name == "pack.yaml":
        change(pack, calendar={"name": "cn-xx", "hours": [["08:00", "12:00"]]})
    else:
        replace(pack, name, old, new)
    with pytest.raises(Problem) as caught:
        load_pack(pack, by=BY, on=ON)
    assert caught.value.what
    assert not District.objects.exists()
