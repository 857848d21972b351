"""Nine stories, one per domain: an official finds his register, does a round on a phone in Chinese,
the failed item becomes a case of the right type, and the month is printed."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.photo_samples import jpeg


@dataclass(frozen=True)
class Story:
    """One domain's round: what is drawn, which item fails, which case that opens."""

    domain: str
    kind: str
    checklist: str
    item: str
    code: str
    photo: bool = False
    values: dict[str, str] = field(default_factory=dict)
    instrument: str = ""


STORIES = (
    Story("advertising", "sign", "signs", "画面完整、亮灯完好", "07006"),
    Story("road_dust", "building_site", "site", "围挡百分百", "08007", photo=True),
    Story("barbecue", "grill_shop", "grill", "进店经营，未跨槛", "06029"),
    Story(
        "cleanliness",
        "cleaning_section",
        "five_grams",
        "",
        "06012",
        values={"dust": "31.5"},
        instrument="balance",
    ),
    Story("toilets", "toilet", "toilet", "有厕纸、皂液", "03001"),
    Story("appearance", "street_sheet", "street", "无乱堆乱放", "06036"),
    Story("five_vehicles", "", "patrol", "停放有序", "09010"),
    Story("stalls", "stall_place", "market", "未占盲道", "09006"),
    Story("illegal_building", "building", "building", "停工通知后已停工", "06001"),
)


SLUG = "nine-domains"


@pytest.fixture(scope="module")
def town(site: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The sample district under a name of its own, with its invented registers, and people by role."""
    from chengzhi import clock
    from chengzhi.demo import objects, rounds
    from chengzhi.people.actor import Actor
    from chengzhi.pipeline.packs import load_pack, pack_folders
    from chengzhi.places.models import District

    now = clock.now()
    shipped = next(folder for folder in pack_folders() if folder.name == "sample")
    folder = tmp_path_factory.mktemp("packs") / SLUG
    shutil.copytree(shipped, folder)
    manifest = (folder / "pack.yaml").read_text("utf-8")
    (folder / "pack.yaml").write_text(manifest.replace("slug: sample", f"slug: {SLUG}"), "utf-8")
    load_pack(folder, by=Actor.system(), on=now, demo=False)
    here = District.objects.get(slug=SLUG)
    for kind in sorted({one.kind for one in STORIES if one.kind}):
        objects.fill(here, kind, now=now)
    rounds.instruments(here, now.date())
    return {role: person(here, role) for role in ("inspector", "evaluator", "head")}


def person(here: Any, role: str) -> Any:
    """Somebody with a post in the bureau."""
    from chengzhi import clock
    from chengzhi.people.models import Account, Post, Unit

    made = Account.objects.create(username=f"{SLUG}-{role}", name=role, created_at=clock.now())
    unit = Unit.objects.get(district=here, code="bureau")
    Post.objects.create(account=made, district=here, unit=unit, role=role, valid_from=date(2020, 1, 1))
    return made


def drawn_round(town: dict[str, Any], story: Story) -> Any:
    """A round of one place, planned, approved and drawn; a business is told beforehand."""
    from chengzhi import clock
    from chengzhi.inspections import business, rounds
    from chengzhi.inspections.models import Approval
    from chengzhi.people.actor import actor_of
    from chengzhi.places.models import District

    here, now = District.objects.get(slug=SLUG), clock.now()
    planner, head = (actor_of(town[role], here.pk, now) for role in ("evaluator", "head"))
    frame = {"of": "objects", "kind": story.kind} if story.kind else {"of": "cells"}
    made = rounds.plan(
        district_id=here.pk, checklist=story.checklist, name=f"{story.domain}抽查", frame=frame, size=1,
        starts_on=now.date() - timedelta(days=1), ends_on=now.date() + timedelta(days=5), by=planner, on=now,
    )  # fmt: skip
    rounds.approve(made.pk, by=head, on=now)
    rounds.draw(made.pk, by=planner, on=now)
    business.ask_for_round(made.pk, reason="双随机抽查", by=planner, on=now)
    for approval in Approval.objects.filter(round=made):
        business.advance_approval(approval.pk, "approve", by=head, on=now, until=now + timedelta(days=5))
        business.advance_approval(approval.pk, "announce", by=planner, on=now, notice=f"示检{approval.pk}")
    made.refresh_from_db()
    return made


def photo() -> dict[str, Any]:
    return {"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": jpeg(640, 480)}


def press(line: Any, answer: str) -> None:
    """Choose one of the three answers; the label covers its radio button."""
    line.locator(f"label:has(input[value={answer}]), input[value={answer}] + label").first.click()


def fill_sheet(page: Page, story: Story) -> None:
    """Everything in order but the one item, or the one value."""
    for key, value in story.values.items():
        page.locator(f"#v-{key}").fill(value)
    for line in page.locator(".threeway:not(.settled)").all():
        press(line, "ok")
    if story.item:
        line = page.locator(".threeway", has_text=story.item)
        press(line, "failed")
        if story.photo:
            line.locator("input[type=file]").set_input_files(photo())


@pytest.mark.parametrize("story", STORIES, ids=[one.domain for one in STORIES])
def test_an_official_does_his_round_and_the_failed_item_becomes_a_case(
    look: Callable[..., Any], town: dict[str, Any], story: Story
) -> None:
    from chengzhi.cases.models import Case
    from chengzhi.domains import DOMAINS
    from chengzhi.inspections.models import Visit

    domain = next(one for one in DOMAINS if one.key == story.domain)
    desk = look(f"/desk/domains/{story.domain}/", account=town["inspector"])
    expect(desk.page.locator("h1")).to_have_text(domain.name)
    desk.check()
    if story.kind:
        name = next(kind.name for kind in domain.registers if kind.key == story.kind)
        desk.page.locator("table a", has_text=name).click()
        expect(desk.page.locator("[data-row]").first).to_be_visible()
    made = drawn_round(town, story)
    before = set(Case.objects.values_list("pk", flat=True))
    phone = look("/field/", size="phone", account=town["inspector"])
    card = phone.page.locator("section, li, article", has_text=made.name).last
    card.get_by_role("button", name="显示下一处").click()
    fill_sheet(phone.page, story)
    phone.page.get_by_role("button", name="保存检查结果").click()
    expect(phone.page.locator("main")).to_contain_text("已转为案卷")
    case = Case.objects.exclude(pk__in=before).get()
    assert case.type is not None
    assert case.type.code == story.code
    assert case.due_at is not None or case.stage_due_at is not None
    visit = Visit.objects.get(point__round=made)
    assert (visit.domain, visit.passed) == (story.domain, False)
    phone.page.goto(f"{phone.site}/desk/cases/{case.number}/")
    expect(phone.page.locator("main")).to_contain_text(case.number)
    month = look("/desk/rounds/month/", account=town["evaluator"])
    expect(month.page.locator("main")).to_contain_text(domain.name)
    month.page.emulate_media(media="print")
    month.shot(f"month-{story.domain}")
