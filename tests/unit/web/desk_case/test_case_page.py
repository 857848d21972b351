"""The case page and its steps, through the pages as each role has them."""

from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape

from chengzhi import clock
from chengzhi.cases import clocks, habits
from chengzhi.cases.actions import advance_case
from chengzhi.cases.checks import CHECKS
from chengzhi.cases.models import Case, CasePhoto, CaseRequest, CaseType, Task
from chengzhi.cases.states import ENDS, STATES
from tests.photo_samples import jpeg
from tests.unit.cases.town import Town, ask, build, case_in, limit
from tests.unit.web.desk_case.reporting import reported

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def town(db: None) -> Town:
    habits.forget()
    return build()


@pytest.fixture
def now() -> datetime:
    return clock.now()


def entered(town: Town, role: str) -> Client:
    client = Client()
    client.force_login(town.accounts[role], backend=BACKEND)
    return client


def url(case: Case, step: str = "") -> str:
    return (
        reverse("desk:case_step", args=(case.number, step))
        if step
        else reverse("desk:case", args=(case.number,))
    )


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


@pytest.mark.parametrize("state", list(STATES))
def test_every_state_shows_itself_in_words(town, now, state):
    case = case_in(town, state, on=now)
    answer = entered(town, "shift_leader").get(url(case))
    assert answer.status_code == 200
    assert STATES[state][0] in answer.content.decode()
    # The shift leader neither accepts nor handles: there the next step is the department's.
    has_next = state not in ENDS and state not in ("pending_handle", "handling")
    assert ("data-next-step" in answer.content.decode()) == has_next


def test_the_deadline_is_said_and_explained(town, now):
    case = case_in(town, "pending_dispatch", on=now)
    advance_case(case.pk, "dispatch", by=town.dispatcher, on=now, unit=town.squad.pk)
    text = entered(town, "handler").get(url(case)).content.decode()
    why = clocks.explain(fresh(case), "zh")
    assert "8" in why
    assert escape(why) in text


def test_another_unit_s_case_is_not_there_for_a_handler(town, now):
    case = case_in(town, "handling", on=now, unit=town.sanitation)
    client = entered(town, "handler")
    for name in ("case", "case_live"):
        assert client.get(reverse(f"desk:{name}", args=(case.number,))).status_code == 404
    assert client.get(url(case, "reply")).status_code == 404
    assert client.post(url(case, "reply"), {"seen": 0}).status_code == 404
    assert fresh(case).state == "handling"


def test_a_co_handler_sees_the_case_and_may_finish_helping(town, now):
    case = case_in(town, "handling", on=now, unit=town.sanitation)
    Task.objects.create(case=case, district=town.district, kind="cohandle", unit=town.squad, sent_at=now)
    client = entered(town, "handler")
    assert "data-next-step" in client.get(url(case)).content.decode()
    assert client.post(url(case, "cohandled"), {"seen": case.version, "note": "清运"}).status_code == 302
    assert Task.objects.get(case=case, kind="cohandle").done_at is not None


def test_a_step_nobody_gave_this_role_is_404(town, now):
    case = case_in(town, "pending_file", on=now)
    client = entered(town, "dispatcher")
    assert client.get(url(case, "file")).status_code == 404
    assert client.post(url(case, "file"), {"seen": 0}).status_code == 404
    assert client.get(url(case, "no-such-step")).status_code == 404
    assert fresh(case).state == "pending_file"


def test_dispatch_proposes_previews_and_is_taken_back(town, now):
    town.litter.default_unit = town.squad
    town.litter.save()
    case = case_in(town, "pending_dispatch", on=now, unit=None)
    client = entered(town, "dispatcher")
    form = client.get(url(case, "dispatch")).content.decode()
    assert f'value="{town.squad.pk}" selected' in form
    assert "启明中队" in form
    will = client.post(reverse("desk:case_will", args=(case.number, "dispatch")), {"unit": town.squad.pk})
    assert "待处置" in will.content.decode()
    answer = client.post(url(case, "dispatch"), {"unit": town.squad.pk, "seen": case.version}, follow=True)
    assert fresh(case).state == "pending_handle"
    assert fresh(case).unit_id == town.squad.pk
    text = answer.content.decode()
    assert "data-undo" in text
    event = text.split("/undo/")[1].split("/")[0]
    client.post(reverse("desk:case_undo", args=(case.number, event)))
    assert fresh(case).state == "pending_dispatch"


def test_the_preview_writes_nothing(town, now):
    case = case_in(town, "pending_dispatch", on=now, unit=None)
    before = Case.objects.filter(pk=case.pk).values().get()
    client = entered(town, "dispatcher")
    client.post(reverse("desk:case_will", args=(case.number, "dispatch")), {"unit": town.squad.pk})
    assert Case.objects.filter(pk=case.pk).values().get() == before
    assert not Task.objects.filter(case=case, kind="handle").exists()


def test_a_conflict_says_what_changed_and_keeps_the_text(town, now):
    case = case_in(town, "handling", on=now)
    advance_case(case.pk, "note", by=town.dispatcher, on=now, note="先看现场")
    client = entered(town, "handler")
    answer = client.post(url(case, "reply"), {"seen": case.version, "note": "已清理完毕"})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "先看现场" in text
    assert "已清理完毕" in text
    assert fresh(case).state == "handling"
    again = client.post(url(case, "reply"), {"seen": fresh(case).version, "note": "已清理完毕"})
    assert again.status_code == 302
    assert fresh(case).state == "handled"


def test_a_step_overtaken_by_another_keeps_what_was_typed(town, now):
    case = case_in(town, "handling", on=now)
    advance_case(case.pk, "reply", by=town.handler, on=now)
    answer = entered(town, "handler").post(url(case, "reply"), {"seen": case.version, "note": "第二次写的话"})
    assert answer.status_code == 409
    assert "第二次写的话" in answer.content.decode()


def test_reply_with_photos_in_one_go(town, now):
    case = case_in(town, "handling", on=now)
    photo = SimpleUploadedFile("after.jpg", jpeg(), "image/jpeg")
    client = entered(town, "handler")
    answer = client.post(url(case, "reply"), {"seen": case.version, "note": "已清理", "photos": [photo]})
    assert answer.status_code == 302
    kept = CasePhoto.objects.select_related("file").get(case=case)
    assert (kept.stage, kept.added_by, kept.file.delete_after) == ("handle", town.handler.account_id, None)
    assert reverse("photos:picture", args=(kept.pk, "small")) in client.get(url(case)).content.decode()


def test_photos_of_a_refused_step_need_not_be_chosen_again(town, now):
    case = case_in(town, "handling", on=now)
    advance_case(case.pk, "note", by=town.dispatcher, on=now, note="先看现场")
    client = entered(town, "handler")
    photo = SimpleUploadedFile("after.jpg", jpeg(), "image/jpeg")
    text = client.post(url(case, "reply"), {"seen": case.version, "photos": [photo]}).content.decode()
    assert not CasePhoto.objects.filter(case=case).exists()
    token = text.split('name="kept" value="')[1].split('"')[0]
    client.post(url(case, "reply"), {"seen": fresh(case).version, "kept": token})
    assert CasePhoto.objects.filter(case=case, stage="handle").count() == 1


def test_a_photo_may_be_added_without_a_step_and_leaves_a_trace(town, now):
    case = case_in(town, "handling", on=now)
    photo = SimpleUploadedFile("a.jpg", jpeg(), "image/jpeg")
    add = reverse("desk:case_photos", args=(case.number,))
    assert entered(town, "evaluator").post(add, {"photos": [photo]}).status_code == 404
    photo = SimpleUploadedFile("a.jpg", jpeg(), "image/jpeg")
    client = entered(town, "handler")
    assert client.post(add, {"photos": [photo], "stage": "report"}).status_code == 302
    assert CasePhoto.objects.get(case=case).stage == "report"
    assert "handler先生" in client.get(url(case)).content.decode()


def test_an_extension_is_asked_and_granted_through_the_pages(town, now):
    case = case_in(
        town, "handling", on=now, due_at=now + timedelta(days=2), stage_due_at=now + timedelta(days=2)
    )
    entered(town, "handler").post(url(case, "ask_extension"), {"seen": 0, "reason": "需采购材料"})
    leader = entered(town, "shift_leader")
    text = leader.get(url(case)).content.decode()
    assert "需采购材料" in text
    assert url(case, "grant_extension") in text
    due = fresh(case).due_at
    leader.post(url(case, "grant_extension"), {"seen": fresh(case).version})
    assert fresh(case).due_at > due
    assert CaseRequest.objects.get(case=case).decision == "granted"


def test_suspension_takes_a_local_moment(town, now):
    case = case_in(town, "handling", on=now)
    until = (now + timedelta(days=40)).astimezone(habits.habits(town.district.pk).zone)
    typed = f"{until:%Y-%m-%dT%H:%M}"
    entered(town, "handler").post(
        url(case, "ask_suspension"), {"seen": 0, "reason": "列入计划", "until": typed}
    )
    assert CaseRequest.objects.get(case=case).until == until.replace(second=0, microsecond=0)


def test_a_suspension_beyond_the_bound_is_refused_with_the_article(town, now):
    case = case_in(town, "handling", on=now)
    answer = entered(town, "handler").post(
        url(case, "ask_suspension"), {"seen": 0, "reason": "列入计划", "until": f"{now.year + 3}-01-01T10:00"}
    )
    assert answer.status_code == 409
    assert "挂账一次，不超过一年" in answer.content.decode()
    assert "列入计划" in answer.content.decode()


def test_merge_by_number(town, now):
    case, into = case_in(town, "pending_dispatch", on=now), case_in(town, "pending_dispatch", on=now)
    leader = entered(town, "shift_leader")
    form = leader.get(url(case, "merge")).content.decode()
    assert into.number in form  # lies nearby
    wrong = leader.post(url(case, "merge"), {"seen": 0, "other": "没有这个"})
    assert wrong.status_code == 422
    leader.post(url(case, "merge"), {"seen": 0, "other": into.number})
    assert fresh(case).merged_into_id == into.pk
    assert into.number in leader.get(url(case)).content.decode()


def test_why_a_step_is_not_possible_is_said(town, now):
    case = case_in(town, "handling", on=now)
    ask(case, "extension", on=now)
    text = entered(town, "handler").get(url(case)).content.decode()
    with translation.override("zh-hans"):
        assert escape(str(CHECKS["nothing_asked"].says)) in text


def test_polling_answers_304_until_something_happens(town, now):
    case = case_in(town, "handling", on=now)
    client = entered(town, "handler")
    live = reverse("desk:case_live", args=(case.number,))
    first = client.get(live)
    assert first.status_code == 200
    assert client.get(live, headers={"If-None-Match": first["ETag"]}).status_code == 304
    advance_case(case.pk, "note", by=town.dispatcher, on=now, note="催办")
    again = client.get(live, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 200
    assert "催办" in again.content.decode()


def asked(client: Client, address: str) -> int:
    client.get(address)  # what processes remember is remembered
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def test_a_long_life_costs_no_more_queries_than_a_short_one(town, now):
    short, long = case_in(town, "handling", on=now), case_in(town, "handling", on=now)
    for case, times in ((short, 1), (long, 12)):
        for number in range(times):
            advance_case(case.pk, "note", by=town.dispatcher, on=now, note=f"第{number}次")
            reported(town, case, now)
            ask(case, "appeal", on=now, decision="refused", asked_by=town.handler.account_id)
            other = case_in(town, "closed", on=now)
            Case.objects.filter(pk=other.pk).update(parent=case)
            photo = SimpleUploadedFile("a.jpg", jpeg(), "image/jpeg")
            entered(town, "handler").post(
                reverse("desk:case_photos", args=(case.number,)), {"photos": [photo]}
            )
    client = entered(town, "handler")
    few, many = (asked(client, url(case)) for case in (short, long))
    assert few == many
    assert many <= 45


def test_english_is_complete(town, now):
    case = case_in(town, "handling", on=now)
    client = entered(town, "handler")
    client.cookies["language"] = "en"
    text = client.get(url(case)).content.decode()
    for word in (
        "What is next",
        "Not possible now",
        "What happened",
        "Nearby within 30 days",
        "Reply: handled",
    ):
        assert word in text


def test_split_begins_a_second_case_at_the_same_place(town, now):
    case = case_in(town, "handling", on=now)
    leader = entered(town, "shift_leader")
    assert url(case, "split") in leader.get(url(case)).content.decode()
    asked = {"text": "旁边井盖破损", "type": town.manhole.pk}
    answer = leader.post(url(case, "split"), asked)
    born = Case.objects.exclude(pk=case.pk).get()
    assert answer["Location"] == url(born)
    assert (born.state, born.type, born.cell, born.text) == (
        "pending_file",
        town.manhole,
        town.cell,
        asked["text"],
    )
    assert born.number in leader.get(url(case)).content.decode()
    assert entered(town, "handler").post(url(case, "split"), asked).status_code == 404
    assert Case.objects.count() == 2


def test_filing_asks_for_the_condition_the_limit_depends_on(town, now):
    kind = CaseType.objects.create(
        district=town.district, code_set="local:x", code="0199", name="路灯", domain="appearance"
    )
    for condition, amount in (("out", 2), ("leaning", 5)):
        limit(kind, amount, "working_days", condition)
    case = case_in(town, "pending_file", on=now, type=kind, condition="default", unit=None)
    leader = entered(town, "shift_leader")
    assert leader.post(url(case, "file"), {"seen": 0}).status_code == 422
    assert leader.post(url(case, "file"), {"seen": 0, "condition": "made-up"}).status_code == 422
    assert leader.post(url(case, "file"), {"seen": 0, "condition": "leaning"}).status_code == 302
    advance_case(case.pk, "dispatch", by=town.dispatcher, on=now, unit=town.squad.pk)
    assert (fresh(case).condition, fresh(case).limit_amount) == ("leaning", 5)


def test_a_flag_is_said_in_words(town, now):
    case = case_in(town, "handling", on=now, flags=["not_geocoded", "no_postcode"])
    text = entered(town, "handler").get(url(case)).content.decode()
    assert "not_geocoded" not in text
    assert "no_postcode" not in text
