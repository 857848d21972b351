"""A case's whole life, told in Chinese as its page tells it, with every deadline explained."""

from datetime import UTC, datetime, timedelta

import pytest

from chengzhi.cases.actions import NewCase, advance_case, open_case, undo_step
from chengzhi.cases.clocks import explain, lamp
from chengzhi.cases.history import history
from chengzhi.cases.models import Case
from chengzhi.ledger.actions import erase_personal
from chengzhi.ledger.queries import history as entries
from chengzhi.people.actor import Actor
from tests.unit.cases.town import FRIDAY, Town, build

MONDAY = datetime(2026, 4, 13, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai


@pytest.fixture
def town(db: None) -> Town:
    from chengzhi.cases import habits

    habits.forget()
    return build()


def now(case_id: int) -> Case:
    return Case.objects.get(pk=case_id)


TOLD = [
    "群众上报了问题。",
    "intake_clerk先生下发核实给inspector先生。",
    "inspector先生现场核实：属实。约两方",
    "shift_leader先生立案。",
    "dispatcher先生派遣给启明中队，时限至2026年4月7日16:50。",
    "handler先生接收并开始处置。",
    "handler先生申请延期：清运车故障。",
    "dispatcher先生批准延期，时限至2026年4月8日16:50。理由：情况属实。",
    "handler先生反馈处置完成。已清运（超时，应于2026年4月8日16:50前）",
    "intake_clerk先生下发核查给inspector先生。",
    "inspector先生核查：未解决，仍有余渣。",
    "dispatcher先生退回启明中队返工，时限至2026年4月14日09:00：仍有余渣。",
    "handler先生接收并开始处置。",
    "handler先生反馈处置完成。清扫干净",
    "intake_clerk先生下发核查。",
    "inspector先生核查：已解决。",
    "shift_leader先生结案。",
    "shift_leader先生撤回了“结案”。",
    "shift_leader先生结案。处置结果：清除。",
]


class Walk:
    """One case on its way, taking steps as people do."""

    def __init__(self, town: Town) -> None:
        new = NewCase(
            district_id=town.district.pk, channel="web", text="启明路口堆着垃圾", address="启明路口",
            type_id=town.litter.pk, domain="appearance", lon=109.35, lat=24.35, cell_id=town.cell.pk,
            area_id=town.area.pk,
        )  # fmt: skip
        self.pk = open_case(new, by=Actor.resident(), on=FRIDAY).id

    def step(self, name: str, by: Actor, on: datetime, **facts: object) -> None:
        advance_case(self.pk, name, by=by, on=on, **facts)

    def explained(self) -> str:
        return explain(now(self.pk), "zh")


def to_the_department(walk: Walk, town: Town) -> None:
    """Friday afternoon: verified, filed, dispatched, accepted; each deadline explains itself."""
    at = iter(FRIDAY + timedelta(minutes=5 * n) for n in range(1, 7))
    walk.step("send_verify", town.intake_clerk, next(at), account=town.inspector.account_id)
    assert walk.explained().startswith("自2026年4月3日（周五）16:35起24个紧急工作时（夜间、休息日照计）")
    walk.step("verify", town.inspector, next(at), result="true", note="约两方")
    walk.step("file", town.shift_leader, next(at))
    walk.step("dispatch", town.dispatcher, next(at), unit=town.squad.pk)
    assert walk.explained() == (
        "自2026年4月3日（周五）16:50起8个工作时，工作时间8:00–12:00、14:00–18:00："
        "周五1.17小时；周六至周一清明节休息；周二6.83小时→4月7日（周二）16:50"
    )
    walk.step("accept", town.handler, next(at))


def through_rework(walk: Walk, town: Town) -> None:
    """An extension, a late reply, a failed check, a second round, and everything done."""
    tuesday = datetime(2026, 4, 7, 8, 0, tzinfo=UTC)
    assert lamp(now(walk.pk), tuesday) == "yellow"
    walk.step("ask_extension", town.handler, tuesday, reason="清运车故障")
    walk.step("grant_extension", town.dispatcher, tuesday, reason="情况属实")
    assert lamp(now(walk.pk), tuesday) == "green"
    walk.step("reply", town.handler, MONDAY, note="已清运", outcome="清除")
    walk.step("send_check", town.intake_clerk, MONDAY, account=town.inspector.account_id)
    walk.step("check_fail", town.inspector, MONDAY, reason="仍有余渣")
    walk.step("rework", town.dispatcher, MONDAY, reason="仍有余渣")
    walk.step("accept", town.handler, MONDAY)
    walk.step("reply", town.handler, MONDAY, note="清扫干净")
    walk.step("send_check", town.intake_clerk, MONDAY)
    walk.step("check_pass", town.inspector, MONDAY)


def test_from_a_resident_s_report_to_the_closing_through_rework(town: Town) -> None:
    walk = Walk(town)
    to_the_department(walk, town)
    through_rework(walk, town)
    closed = advance_case(walk.pk, "close", by=town.shift_leader, on=MONDAY)
    undo_step(walk.pk, closed.event_id, by=town.shift_leader, on=MONDAY + timedelta(minutes=3))
    walk.step("close", town.shift_leader, MONDAY + timedelta(minutes=4), outcome="清除")
    end = now(walk.pk)
    told = history(end, "zh-hans", on=MONDAY + timedelta(minutes=5))
    assert [one.sentence for one in told] == TOLD
    assert [one.step for one in told if one.late] == ["reply"]
    assert [one.step for one in told if one.undone] == ["close"]
    assert told[-1].undo_until == MONDAY + timedelta(minutes=14)
    assert told[3].article == "立案条件（GB/T 30428.8 / CJ/T 315）"
    assert (end.state, end.reworks, end.dispatches) == ("closed", 1, 2)
    assert (end.misdispatches, end.extensions) == (0, 1)
    english = [one.sentence for one in history(end, "en", on=MONDAY)]
    assert english[8] == "handler先生 replied: handled. 已清运 (late: it was due 2026-04-08 16:50)"


def test_no_free_text_stands_in_the_ledger_and_what_is_erased_is_said_to_be(town: Town) -> None:
    from tests.unit.cases.town import case_in

    case = case_in(town, "handling", address="和平路5号张三家")
    secret = "张三电话13800000000"  # what a careless hand might write
    advance_case(case.pk, "ask_return", by=town.handler, on=FRIDAY, reason=secret)
    advance_case(case.pk, "note", by=town.handler, on=FRIDAY, note=secret)
    advance_case(
        case.pk, "change_place", by=town.intake_clerk, on=FRIDAY, lon=109.36, lat=24.36, address="路口"
    )
    advance_case(case.pk, "force_close", by=town.shift_leader, on=FRIDAY, reason=secret)
    written = str([entry.facts for entry in entries("case", case.pk)])
    assert not any(word in written for word in ("张三", "1380", "和平路", "路口"))
    told = history(now(case.pk), "zh", on=FRIDAY)
    assert told[1].sentence == f"handler先生备注：{secret}"
    erase_personal([entries("case", case.pk)[1].facts["given"]["note"]["hmac"]])
    assert history(now(case.pk), "zh", on=FRIDAY)[1].sentence == "handler先生备注：（内容已删除）"


def test_entries_of_other_areas_are_told_too_and_do_not_hinder_taking_back(town: Town) -> None:
    from chengzhi.ledger.actions import record
    from tests.unit.cases.town import case_in

    case = case_in(town, "pending_handle")
    advance_case(case.pk, "accept", by=town.handler, on=FRIDAY)
    for step in ("correct", "imported", "something_new"):
        record(
            district_id=town.district.pk,
            thing="case",
            thing_id=case.pk,
            step=step,
            by=Actor.resident(),
            on=FRIDAY,
        )
    told = history(now(case.pk), "zh", on=FRIDAY)
    assert [one.sentence for one in told[1:]] == [
        "上报人更正了上报内容。", "群众导入，保留原始时间。", "群众: something_new",
    ]  # fmt: skip
    assert told[0].undo_until == FRIDAY + timedelta(minutes=10)
    assert told[-1].undo_until is None
