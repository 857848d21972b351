"""The API as another program sees it: its document holds, its refusals have one shape."""

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from chengzhi.cases.models import Case
from chengzhi.people import keys
from chengzhi.people.actor import Actor
from chengzhi.people.models import ApiKey, Unit
from chengzhi.pipeline.models import ImportRun
from chengzhi.reports.models import Report
from tests.intake_builders import SOUTH, WEST, Place, build_district

URL = "/api/v1/reports"


@pytest.fixture
def place(db) -> Place:
    keys.forget_callers()
    return build_district()


def make_key(place: Place, **facts) -> str:
    plain = {"name": "test", "role": "intake_clerk", "scopes": keys.SCOPES, **facts}
    return keys.create_key(district=place.district, by=Actor.system(), on=timezone.now(), **plain)[1]


@pytest.fixture
def client(place) -> Client:
    return Client(headers={"authorization": f"Bearer {make_key(place)}"}, enforce_csrf_checks=True)


def body(**facts) -> dict:
    return {"text": "路灯不亮", "type": "02007", "lon": WEST + 0.005, "lat": SOUTH + 0.005, **facts}


def send(client: Client, said: object, **headers):
    content = said if isinstance(said, str) else json.dumps(said)
    return client.post(URL, content, content_type="application/json", headers=headers)


def test_report_is_taken_and_read_again(place, client):
    answer = send(client, body(contact={"name": "张三", "phone": "13800000000"}))
    assert answer.status_code == 201, answer.content
    said = answer.json()
    assert Case.objects.get().number == said["number"]
    assert client.get(said["follow"]).status_code == 200
    one = client.get(f"/api/v1/cases/{said['number']}").json()
    assert (one["state"], one["type"], one["cell"]) == ("reported", "02007", place.cells[0].code)
    assert "13800000000" not in json.dumps(one)
    assert "张三" not in json.dumps(one)


def test_same_key_same_answer(client):
    first = send(client, body(), idempotency_key="abc")
    second = send(client, body(), idempotency_key="abc")
    assert (second.status_code, second.json()["number"]) == (201, first.json()["number"])
    assert second.json()["follow"] == first.json()["follow"]
    assert (first.json()["repeated"], second.json()["repeated"]) == (False, True)
    assert Case.objects.count() == 1
    other = send(client, body(text="别的"), idempotency_key="abc")
    assert other.status_code == 422
    assert other.json()["error"]["code"] == "reports.key_reused"


def test_keys_of_two_programs_do_not_collide(place, client):
    other = Client(headers={"authorization": f"Bearer {make_key(place)}"})
    send(client, body(), idempotency_key="abc")
    assert send(other, body(), idempotency_key="abc").json()["repeated"] is False


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("{", "api.unreadable"),
        ("[]", "api.invalid"),
        (json.dumps(body()).replace(str(WEST + 0.005), "NaN"), "api.invalid"),
        (body(lon="x"), "api.invalid"),
        (body(surprise=1), "api.invalid"),
        (body(channel="nonsense"), "api.invalid"),
        (body(text="", type=None), "reports.nothing_said"),
        (body(lon=None, lat=None), "reports.no_place"),
        (body(lon=SOUTH, lat=WEST), "swapped_coordinates"),
        (body(lon=999), "bad_coordinates"),
        (body(type="99999"), "reports.unknown_type"),
        (body(text="坑" * 2001), "reports.text_too_long"),
        (body(contact={"phone": "12"}), "reports.bad_phone"),
    ],
)
def test_refusals_have_one_shape_and_write_nothing(client, said, code):
    answer = send(client, said)
    assert 400 <= answer.status_code < 500
    error = answer.json()["error"]
    assert error["code"] == code
    assert error["what"]
    assert set(error) <= {"code", "what", "why", "cure", "fields"}
    assert not Report.objects.exists()


def test_ugly_text_is_cleaned(client):
    assert send(client, body(text="坑\u0000洞🕳️ \u202eabc")).status_code == 201
    assert Report.objects.get().text == "坑洞🕳️ abc"


@pytest.mark.parametrize("header", ["", "Bearer nonsense", "Bearer cz_nonsense", "Basic cz_x"])
def test_without_a_key_nothing(place, header):
    answer = Client(headers={"authorization": header} if header else {}).get("/api/v1/types")
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "api.key_refused"


def test_revoked_ended_and_narrow_keys(place):
    revoked, ended = make_key(place), make_key(place, valid_to=timezone.now() - timedelta(seconds=1))
    keys.revoke_key(ApiKey.objects.order_by("id").first(), by=Actor.system(), on=timezone.now())
    for key in (revoked, ended):
        assert Client(headers={"authorization": f"Bearer {key}"}).get("/api/v1/types").status_code == 401
    narrow = Client(headers={"authorization": f"Bearer {make_key(place, scopes=('cases:read',))}"})
    refused = send(narrow, body())
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "api.scope_missing")


def test_database_holds_no_key(place):
    key = make_key(place)
    row = ApiKey.objects.get()
    assert key not in str(ApiKey.objects.values().get())
    assert row.start == key[:8]


def test_key_of_one_district_does_not_see_the_other(place, client):
    other = build_district("other")
    number = send(client, body()).json()["number"]
    stranger = Client(headers={"authorization": f"Bearer {make_key(other)}"})
    assert stranger.get(f"/api/v1/cases/{number}").status_code == 404
    assert stranger.get("/api/v1/cases").json()["items"] == []
    assert [one["slug"] for one in stranger.get("/api/v1/districts").json()] == ["other"]


def test_role_without_the_wide_right_sees_own_units_only(place, client):
    number = send(client, body()).json()["number"]
    squad = Unit.objects.create(district=place.district, code="07", name="中队", kind="squad")
    key = make_key(place, role="handler", unit=squad)
    department = Client(headers={"authorization": f"Bearer {key}"})
    assert department.get(f"/api/v1/cases/{number}").status_code == 404


def test_pages_hold_every_case_once(client):
    numbers = {send(client, body(text=f"第{n}号")).json()["number"] for n in range(5)}
    seen, after = [], None
    for _ in range(4):
        page = client.get("/api/v1/cases", {"limit": 2, **({"after": after} if after else {})}).json()
        seen += [one["number"] for one in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert sorted(seen) == sorted(numbers)
    assert client.get("/api/v1/cases", {"limit": 2, "after": "garbage"}).status_code == 400


def test_document_describes_what_is_sent(place, client):
    document = Client().get("/api/v1/openapi.json").json()
    number = send(client, body()).json()["number"]
    run = ImportRun.objects.create(
        district=place.district,
        sha256="0" * 64,
        mapping="test",
        started_at=timezone.now(),
        flags={"no_zip": 2},
    )
    values = {"number": number, "run": str(run.pk)}
    opened = 0
    for path, methods in document["paths"].items():
        assert {"401", "404", "422"} <= set(next(iter(methods.values()))["responses"]), path
        if "get" not in methods or path == "/api/v1/evaluation":  # no figures here; has a test of its own
            continue
        answer = client.get(re.sub(r"{(\w+)}", lambda match: values[match[1]], path))
        assert answer.status_code == 200, (path, answer.content)
        schema = methods["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        check(answer.json(), schema, document)
        opened += 1
    assert opened == 8
    sent = document["paths"]["/api/v1/reports"]["post"]
    assert {"201", "401", "403", "422", "503"} <= set(sent["responses"])
    assert any(one["name"] == "Idempotency-Key" for one in sent["parameters"])
    receipt = send(client, body()).json()
    check(receipt, sent["responses"]["201"]["content"]["application/json"]["schema"], document)


def check(value: object, schema: dict, document: dict) -> None:
    """The value has the described shape (the part of JSON Schema that the document uses)."""
    if "$ref" in schema:
        return check(value, document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], document)
    if "anyOf" in schema:
        errors = 0
        for one in schema["anyOf"]:
            try:
                return check(value, one, document)
            except AssertionError:
                errors += 1
        raise AssertionError(f"{value!r} fits none of {errors}")
    kinds = {
        "object": dict, "array": list, "string": str, "boolean": bool, "null": type(None),
        "number": (int, float), "integer": int,
    }  # fmt: skip
    assert isinstance(value, kinds[schema["type"]]), (value, schema)
    if isinstance(value, dict) and "additionalProperties" in schema:
        for part in value.values():
            check(part, schema["additionalProperties"], document)
    elif isinstance(value, dict):
        assert set(value) == set(schema["properties"])
        for name, part in value.items():
            check(part, schema["properties"][name], document)
    if isinstance(value, list):
        for part in value:
            check(part, schema["items"], document)
    return None
