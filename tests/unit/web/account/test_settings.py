"""What a real installation's settings say, read in a process of their own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ASK = """
import json, django
django.setup()
from django.conf import settings
from django.contrib.auth.hashers import make_password
print(json.dumps({
    "session": settings.SESSION_COOKIE_SECURE, "csrf": settings.CSRF_COOKIE_SECURE,
    "hsts": settings.SECURE_HSTS_SECONDS, "http_only": settings.SESSION_COOKIE_HTTPONLY,
    "demo": settings.DEMO_ACCOUNTS, "debug": settings.DEBUG,
    "hash": make_password("x" * 12).split("$")[:2],
}))
"""


def said(home: Path, **more: str) -> dict[str, object]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("CHENGZHI_", "DATABASE_"))}
    environment = kept | {"CHENGZHI_HOME": str(home), "DJANGO_SETTINGS_MODULE": "chengzhi.settings"} | more
    done = subprocess.run(
        [sys.executable, "-c", ASK], env=environment, capture_output=True, text=True, check=True
    )
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


@pytest.mark.parametrize(("url", "secure"), [("https://city.example", True), ("http://city.example", False)])
def test_https_makes_the_cookies_secure(tmp_path: Path, url: str, secure: bool) -> None:
    answer = said(tmp_path, CHENGZHI_PUBLIC_URL=url)
    assert (answer["session"], answer["csrf"], answer["http_only"]) == (secure, secure, True)
    assert bool(answer["hsts"]) is secure


def test_passwords_are_hashed_slowly_and_nothing_is_open_by_default(tmp_path: Path) -> None:
    answer = said(tmp_path)
    algorithm, rounds = answer["hash"]
    assert algorithm == "pbkdf2_sha256"
    assert int(rounds) >= 600_000
    assert (answer["demo"], answer["debug"]) == (False, False)
