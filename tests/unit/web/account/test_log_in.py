"""Log-in as a browser does it: real requests, real sessions, real lock-out."""

import re
import time

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from chengzhi.people.models import SignedIn
from tests.people_builders import PASSWORD, account, district, post

pytestmark = pytest.mark.django_db

LOGIN = "/account/login/"


def log_in(client: Client, person, password=PASSWORD, **extra):
    return client.post(LOGIN, {"username": person.username, "password": password}, **extra)


def member(role="dispatcher", **facts):
    here = district()
    return post(account(**facts), here, role).account


def test_the_right_password_opens_the_desk_in_the_first_district():
    person, client = member(), Client()
    answer = log_in(client, person)
    assert (answer.status_code, answer["Location"]) == (302, settings.LOGIN_REDIRECT_URL)
    assert client.session["district"] == person.posts.get().district_id


def test_a_wrong_password_says_nothing_about_which_half_was_wrong():
    person = member()
    wrong = log_in(Client(), person, "wrong-wrong-1")
    unknown = Client().post(LOGIN, {"username": "nobody-here", "password": "wrong-wrong-1"})
    assert wrong.status_code == unknown.status_code == 401
    assert _without_tokens(wrong) == _without_tokens(unknown)


def _without_tokens(page):
    return re.sub(r'value="[^"]*"|"X-CSRFToken": "[^"]*"', "", page.content.decode())


def test_an_unknown_user_costs_as_much_as_a_wrong_password(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    person = member()
    person.set_password(PASSWORD)
    person.save()

    def fastest(username):
        times = []
        for _number in range(3):
            start = time.perf_counter()
            Client().post(LOGIN, {"username": username, "password": "wrong-wrong-1"})
            times.append(time.perf_counter() - start)
        return min(times)

    known, unknown = fastest(person.username), fastest("nobody-here")
    assert 0.5 < known / unknown < 2.0


def test_the_session_key_changes_on_log_in():
    person, client = member(), Client()
    client.get(LOGIN)
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    log_in(client, person)
    assert client.session.session_key != session.session_key
    assert not Session.objects.filter(session_key=session.session_key).exists()


def test_a_form_without_its_token_is_refused():
    client = Client(enforce_csrf_checks=True)
    assert log_in(client, member()).status_code in (400, 403)
    assert not SignedIn.objects.exists()


def test_five_wrong_passwords_pause_the_name_from_this_address_only():
    person = member()
    for _number in range(5):
        last = log_in(Client(), person, "wrong-wrong-1")
    assert last.status_code == 429
    locked = log_in(Client(), person)
    assert locked.status_code == 429
    assert 14 * 60 < int(locked["Retry-After"]) <= 15 * 60
    assert "15" in locked.content.decode()
    elsewhere = log_in(Client(), person, REMOTE_ADDR="192.0.2.7")
    assert elsewhere.status_code == 302


def test_next_leads_to_our_own_pages_only():
    person = member()
    fields = {"username": person.username, "password": PASSWORD}
    assert Client().post(LOGIN, fields | {"next": "/account/"})["Location"] == "/account/"
    for foreign in ("https://evil.example/", "//evil.example", "javascript:alert(1)"):
        answer = Client().post(LOGIN, fields | {"next": foreign})
        assert answer["Location"] == settings.LOGIN_REDIRECT_URL


def test_a_page_behind_the_log_in_leads_there_and_back():
    answer = Client().get("/account/sessions/")
    assert answer["Location"] == f"{LOGIN}?next=/account/sessions/"
    fragment = Client().get("/account/sessions/", headers={"HX-Request": "true"})
    assert (fragment.status_code, fragment["HX-Redirect"]) == (401, f"{LOGIN}?next=/account/sessions/")


def test_log_out_ends_the_session_in_the_database():
    person, client = member(), Client()
    log_in(client, person)
    key = client.session.session_key
    assert client.get("/account/logout/").status_code == 405
    client.post("/account/logout/")
    assert not Session.objects.filter(session_key=key).exists()
    assert not SignedIn.objects.exists()


def test_cookies_are_closed_to_scripts_and_other_sites():
    person, client = member(), Client()
    log_in(client, person)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_the_session_list_ends_one_or_all_others():
    person = member()
    here, phone, office = Client(), Client(), Client()
    log_in(here, person, HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux x86_64) Chrome/120")
    log_in(phone, person, HTTP_USER_AGENT="Mozilla/5.0 (Linux; Android 14) Chrome/120 Mobile")
    log_in(office, person, HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Firefox/121")
    page = here.get("/account/sessions/").content.decode()
    assert "Chrome · Android" in page
    assert "Firefox · Windows" in page
    row = SignedIn.objects.get(device="Chrome · Android")
    here.post("/account/sessions/end/", {"which": row.pk})
    assert phone.get("/account/").status_code == 302
    assert office.get("/account/").status_code == 200
    here.post("/account/sessions/end/", {"which": "others"})
    assert office.get("/account/").status_code == 302
    assert here.get("/account/").status_code == 200


def test_nobody_ends_the_session_of_somebody_else():
    person, other = member(), account()
    mine, theirs = Client(), Client()
    log_in(mine, person)
    log_in(theirs, other)
    row = SignedIn.objects.get(account=other)
    assert mine.post("/account/sessions/end/", {"which": row.pk}).status_code == 404
    assert theirs.get("/account/").status_code == 200


def test_a_changed_password_signs_out_elsewhere_and_keeps_this_browser():
    person = member()
    here, there = Client(), Client()
    log_in(here, person)
    log_in(there, person)
    new = "another-long-phrase-7"
    refused = here.post("/account/password/", {"old": "not-it", "new": new, "again": new})
    assert refused.status_code == 200
    weak = here.post("/account/password/", {"old": PASSWORD, "new": "short", "again": "short"})
    assert weak.status_code == 200
    assert here.post("/account/password/", {"old": PASSWORD, "new": new, "again": new}).status_code == 302
    assert here.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 302
    assert SignedIn.objects.get(account=person).session_key == here.session.session_key
    assert log_in(Client(), person, new).status_code == 302


# -- second factor -----------------------------------------------------------------------


def current_code(device, step=0):
    return f"{totp(device.bin_key, drift=step):06d}"


def with_second_factor(client, person):
    log_in(client, person)
    page = client.get("/account/second-factor/").content.decode()
    assert "<svg" in page
    device = TOTPDevice.objects.get(user=person)
    answer = client.post("/account/second-factor/", {"code": current_code(device)})
    device.refresh_from_db()
    assert device.confirmed
    return device, re.findall(r"<code>([a-z2-7]+)</code>", answer.content.decode())


def test_with_a_second_factor_the_password_alone_opens_nothing():
    person, client = member(), Client()
    device, codes = with_second_factor(Client(), person)
    assert len(codes) == 10
    answer = log_in(client, person)
    assert answer["Location"].startswith("/account/login/code/")
    assert client.get("/account/").status_code == 302
    assert client.post("/account/login/code/", {"code": "000000"}).status_code == 401
    TOTPDevice.objects.update(throttling_failure_timestamp=None, throttling_failure_count=0)
    entered = client.post("/account/login/code/", {"code": current_code(device, 1)})
    assert entered.status_code == 302
    assert client.get("/account/").status_code == 200


def test_a_recovery_code_opens_once():
    person = member()
    _device, codes = with_second_factor(Client(), person)
    first, again = Client(), Client()
    log_in(first, person)
    assert first.post("/account/login/code/", {"code": codes[0]}).status_code == 302
    assert StaticToken.objects.count() == 9
    log_in(again, person)
    assert again.post("/account/login/code/", {"code": codes[0]}).status_code == 401


def test_guessed_codes_are_throttled():
    person, client = member(), Client()
    device, _codes = with_second_factor(Client(), person)
    log_in(client, person)
    for _number in range(3):
        client.post("/account/login/code/", {"code": "000000"})
    # The right code within the pause is refused as well.
    assert client.post("/account/login/code/", {"code": current_code(device, 1)}).status_code == 401


def test_a_district_may_demand_it_of_administrators():
    here = district()
    here.settings = {"second_factor": True}
    here.save()
    person, client = post(account(), here, "administrator").account, Client()
    log_in(client, person)
    for page in ("/account/", "/account/sessions/"):
        assert client.get(page)["Location"] == "/account/second-factor/"
    page = client.get("/account/second-factor/")
    assert page.status_code == 200
    device = TOTPDevice.objects.get(user=person)
    client.post("/account/second-factor/", {"code": current_code(device)})
    assert client.get("/account/").status_code == 200
    client.post("/account/second-factor/off/", {"password": PASSWORD})
    assert TOTPDevice.objects.filter(user=person).exists()


# -- districts -----------------------------------------------------------------------------


def test_a_person_switches_between_the_districts_of_their_posts_only():
    here, there, third = district(), district("there"), district("third")
    person = post(account(), here, "head").account
    post(person, there, "head")
    client = Client()
    log_in(client, person)
    client.post("/account/district/", {"district": there.pk, "next": "/account/"})
    assert client.session["district"] == there.pk
    assert client.post("/account/district/", {"district": third.pk}).status_code == 404
    assert client.session["district"] == there.pk


# -- demo accounts --------------------------------------------------------------------------


def test_demo_accounts_open_with_one_click_on_this_machine_only(settings):
    settings.DEMO_ACCOUNTS = True
    person = member(demo=True)
    assert person.username in Client().get(LOGIN).content.decode()
    client = Client()
    assert client.post("/account/login/demo/", {"username": person.username}).status_code == 302
    assert client.get("/account/").status_code == 200
    # The same session from elsewhere, the page from elsewhere, the password from elsewhere:
    assert client.get("/account/", REMOTE_ADDR="192.0.2.7").status_code == 302
    assert person.username not in Client().get(LOGIN, REMOTE_ADDR="192.0.2.7").content.decode()
    assert Client().post("/account/login/demo/", {"username": person.username},
                         REMOTE_ADDR="192.0.2.7").status_code == 404  # fmt: skip
    assert log_in(Client(), person, REMOTE_ADDR="192.0.2.7").status_code == 401
    assert log_in(Client(), person, HTTP_X_FORWARDED_FOR="127.0.0.1").status_code == 401


def test_demo_accounts_are_refused_when_the_demo_is_off(settings):
    settings.DEMO_ACCOUNTS = True
    person, client = member(demo=True), Client()
    client.post("/account/login/demo/", {"username": person.username})
    settings.DEMO_ACCOUNTS = False
    assert client.get("/account/").status_code == 302
    assert client.get(LOGIN).status_code == 200
    assert log_in(Client(), person).status_code == 401


def test_an_ordinary_account_is_no_demo_account(settings):
    settings.DEMO_ACCOUNTS = True
    person = member()
    assert Client().post("/account/login/demo/", {"username": person.username}).status_code == 404
