"""Every register page on a telephone and at a desk, in both languages: nothing overflows, all is named."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.browser.test_registers import Streets, demo, people  # noqa: F401


@pytest.fixture(scope="module")
def street(people: Any) -> Any:  # noqa: F811
    """A street with everything: a long name, a permit that has ended, a party, a double, an answer."""
    from chengzhi.people.actor import Actor
    from chengzhi.registers import actions, parties
    from chengzhi.registers.said import say

    made = Streets(people)
    shop = parties.register_party(
        district_id=made.district.pk, kind="advertiser", name="柳岸传媒有限责任公司城中第二分公司", by=made.keeper,
        on=made.now, person="李某", phone="13900139000",
    )  # fmt: skip
    day = made.now.date()
    for number in range(6):
        made.thing(
            "sign", f"文澜路与中轴大道交叉口东南角落地式双面广告牌（第{number}块）", party_id=shop.pk,
            address=f"文澜路{number}号", facts={"form": "free_standing", "area": 36}, **made.place(number / 900),
        )  # fmt: skip
    one = made.thing("sign", "柳岸店招", party_id=shop.pk, facts={"form": "attached"}, **made.place(0.004))
    actions.grant_permit(
        one.pk, starts_on=day - timedelta(days=300), ends_on=day + timedelta(days=3), number="城许〔2026〕18号",
        conditions="夜间二十二时后关闭光源。", issued_by="城市管理局", by=made.keeper, on=made.now,
    )  # fmt: skip
    actions.advance_object(one.pk, "suspend", by=made.keeper, on=made.now, reason="大风蓝色预警期间停用")
    say(shop, kind="objects", text="面积量错了，请复核。", thing=one, by=Actor.resident(), on=made.now)
    code = parties.new_page_code(shop, by=made.keeper, on=made.now)
    return {"object": one, "party": shop, "code": code}


PAGES = {
    "home": "/desk/registers/",
    "list": "/desk/registers/sign/",
    "empty": "/desk/registers/bin/?q=没有的",
    "new": "/desk/registers/sign/new/",
    "object": "/desk/registers/objects/{object.number}/",
    "step": "/desk/registers/objects/{object.number}/step/grant_permit/",
    "correct": "/desk/registers/objects/{object.number}/correct/",
    "merge": "/desk/registers/objects/{object.number}/merge/",
    "labels": "/desk/registers/sign/labels/",
    "permits": "/desk/registers/calendar/permits/",
    "parties": "/desk/registers/parties/",
    "party": "/desk/registers/parties/{party.pk}/",
    "contact": "/desk/registers/parties/{party.pk}/contact/",
    "said": "/desk/registers/said/",
    "import": "/desk/registers/import/",
    "exports": "/desk/registers/exports/",
    "card": "/o/{object.public_code}/",
    "own": "/p/{code}/",
}


@pytest.mark.parametrize("name", list(PAGES))
@pytest.mark.parametrize(("size", "language", "theme"), [("phone", "zh", "light"), ("desktop", "en", "dark")])
def test_a_page_fits_and_is_readable(
    look: Callable[..., Any],
    people: Any,  # noqa: F811
    street: Any,
    name: str,
    size: str,
    language: str,
    theme: str,
) -> None:
    account = None if name in ("card", "own") else people["shift_leader"]
    screen = look(PAGES[name].format(**street), size=size, language=language, theme=theme, account=account)
    settle(screen.page)
    screen.shot(f"registers-{name}")
    screen.check()


def settle(page: Any) -> None:
    """A map names its buttons only when it has been drawn."""
    if page.locator("district-map").count():
        page.locator("district-map[data-ready]").first.wait_for()
    if page.locator(".maplibregl-ctrl-geolocate").count():
        page.locator(".maplibregl-ctrl-geolocate[aria-label]").first.wait_for()
