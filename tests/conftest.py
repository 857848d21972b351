"""Every test of the database runs on a real PostgreSQL: the embedded one, or that of DATABASE_URL.

Several runs may share the embedded cluster; the last to finish stops it. Each run uses
its own database (CHENGZHI_TEST_DB), as the owner role.
"""

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
TEST_HOME = Path(os.environ.get("CHENGZHI_TEST_HOME") or REPOSITORY / ".test-home")
TEST_DB = os.environ.get("CHENGZHI_TEST_DB") or "test_chengzhi"

# A test must not touch the installation of whoever runs it.
os.environ["CHENGZHI_HOME"] = str(TEST_HOME)
os.environ["CHENGZHI_DATABASE_ROLE"] = "owner"
os.environ["CHENGZHI_PROCESS"] = "test"
os.environ["DJANGO_SETTINGS_MODULE"] = "chengzhi.settings"


def _prepare_server() -> "object | None":
    from chengzhi.database import Cluster
    from chengzhi.database.connection import note_roles
    from chengzhi.database.roles import ensure_roles
    from chengzhi.keys import prepare_home

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
    if config.option.help or config.option.version:
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


LEASE: pytest.StashKey["object | None"] = pytest.StashKey()
