"""Rounds at the desk: planned with a counted frame, approved by another, drawn, proved, followed."""

from datetime import timedelta

import pytest

from chengzhi import clock
from chengzhi.inspections import rounds
from chengzhi.inspections.models import Round, RoundPoint, Stratum
from tests.unit.inspections.yard import thing


def text(answer, status=200):
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


@pytest.fixture
def sections(yard):
    """Nine sections on main streets, three in back lanes; the town's own makes ten and three."""
    return [
        thing(yard.town, "cleaning_section", "cleanliness", road_kind=road)
        for road in ["main"] * 9 + ["back"] * 3
    ]


def said(**more):
    today = clock.now().date()
    values = {
        "name": "十一月以克论净", "frame": "objects:cleaning_section", "strata": ["road_kind"], "size": "4",
        "recheck": "25", "starts_on": str(today - timedelta(days=1)), "ends_on": str(today + timedelta(days=9)),
    }  # fmt: skip
    return values | more


def test_the_list_is_empty_first_and_says_how_it_begins(enter, yard):
    assert "No round yet" in text(enter("planner").get("/desk/rounds/"))
    page = text(enter("planner").get("/desk/rounds/new/"))
    assert "/desk/rounds/new/five_grams/" in page
    assert "No such round" in text(enter("planner").get("/desk/rounds/?state=drawn"))


def test_the_frame_is_counted_while_the_round_is_planned(enter, yard, sections):
    client = enter("planner")
    page = text(client.post("/desk/rounds/new/five_grams/frame/", said()))
    assert "<strong>13</strong> places in the frame, <strong>4</strong> are drawn" in page
    assert "main street" in page
    few = text(client.post("/desk/rounds/new/five_grams/frame/", said(size="1")))
    assert "fewer than" in few
    other = text(client.post("/desk/rounds/new/five_grams/frame/", said(frame="streets", strata=["area"])))
    assert "has no column" in other
    assert not Round.objects.exists()


def test_a_round_is_planned_approved_by_another_drawn_and_proved(enter, yard, sections):
    planner, head = enter("planner"), enter("head")
    page = planner.post("/desk/rounds/new/five_grams/", said())["Location"]
    made = Round.objects.get()
    assert (made.size, made.frame["kind"], float(made.recheck_share)) == (4, "cleaning_section", 0.25)
    assert planner.post(f"{page}step/approve/").status_code == 404
    assert "Approve" in text(head.get(page))
    assert head.post(f"{page}step/approve/").status_code == 302
    assert "final" in text(planner.get(f"{page}step/draw/"))
    assert planner.post(f"{page}step/draw/", {"seed": "abc123"}).status_code == 302
    made.refresh_from_db()
    shown = text(planner.get(page))
    assert made.seed in shown
    assert made.frame_hash in shown
    assert "0 of 4 places seen" in shown
    assert "4 not shown to anybody yet" in shown
    for one in made.points.select_related("object"):
        assert one.object.number not in shown
        assert f"{one.object.name}<" not in shown
    assert "The draw holds." in text(planner.post(f"{page}proof/"))
    one = Stratum.objects.filter(round=made).first()
    one.members = [*one.members[1:], one.members[0] + 10**6]
    one.save()
    assert "The draw does not hold." in text(planner.post(f"{page}proof/"))


def test_what_cannot_be_planned_is_said_and_kept(enter, yard, sections):
    client = enter("planner")
    page = text(client.post("/desk/rounds/new/five_grams/", said(size="1")), 422)
    assert "十一月以克论净" in page
    today = clock.now().date()
    page = text(
        client.post("/desk/rounds/new/five_grams/", said(ends_on=str(today - timedelta(days=9)))), 422
    )
    assert "ends before it begins" in page
    assert client.get("/desk/rounds/new/nothing/").status_code == 404
    assert not Round.objects.exists()


def planned(yard):
    on = clock.now()
    made = rounds.plan(
        district_id=yard.district.pk, checklist="five_grams", name="本月",
        frame={"of": "objects", "kind": "cleaning_section"}, size=5, starts_on=on.date() - timedelta(days=1),
        ends_on=on.date(), by=yard.planner, on=on,
    )  # fmt: skip
    rounds.approve(made.pk, by=yard.head, on=on)
    return made


def test_an_approval_can_be_taken_back_and_history_tells_it(enter, yard, sections):
    made = planned(yard)
    client = enter("head")
    page = text(client.get(f"/desk/rounds/{made.pk}/"))
    assert "approved the round" in page
    undo = page.split('action="')[2].split('"')[0]
    undo = next(part for part in page.split('"') if part.startswith(f"/desk/rounds/{made.pk}/undo/"))
    assert client.post(undo).status_code == 302
    made.refresh_from_db()
    assert made.state == "planned"
    assert "took back" in text(client.get(f"/desk/rounds/{made.pk}/"))


def test_places_are_given_out_unseen(enter, yard, sections):
    made = planned(yard)
    rounds.draw(made.pk, by=yard.planner, on=clock.now())
    client = enter("planner")
    page = text(client.get(f"/desk/rounds/{made.pk}/"))
    assert "5 places belong to nobody yet" in page
    answer = client.post(f"/desk/rounds/{made.pk}/assign/", {"account": yard.second.account_id, "count": "2"})
    assert answer.status_code == 302
    assert RoundPoint.objects.filter(account_id=yard.second.account_id, revealed_at=None).count() == 2
    assert "2 places were given out, unseen." in text(client.get(f"/desk/rounds/{made.pk}/"))
    assert enter("inspector").post(f"/desk/rounds/{made.pk}/assign/").status_code == 404


def test_closing_with_places_left_wants_a_reason(enter, yard, sections):
    made = planned(yard)
    rounds.draw(made.pk, by=yard.planner, on=clock.now())
    client = enter("planner")
    assert "say why" in text(client.post(f"/desk/rounds/{made.pk}/step/close/", {"reason": ""}), 409)
    assert client.post(f"/desk/rounds/{made.pk}/step/close/", {"reason": "大雨"}).status_code == 302
    made.refresh_from_db()
    assert made.state == "closed"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_speak_both_languages(enter, yard, sections, language):
    made = planned(yard)
    rounds.draw(made.pk, by=yard.planner, on=clock.now())
    client = enter("planner")
    client.cookies["language"] = language
    for address in ("", "new/", "new/toilet/", f"{made.pk}/", f"{made.pk}/step/close/", "approvals/"):
        text(client.get(f"/desk/rounds/{address}"))


def test_who_only_looks_has_no_button(enter, yard, sections):
    made = planned(yard)
    page = text(enter("auditor").get(f"/desk/rounds/{made.pk}/"))
    assert "/step/" not in page
    assert enter("dispatcher").get(f"/desk/rounds/{made.pk}/").status_code == 404
