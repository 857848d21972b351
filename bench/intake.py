"""How many reports a second come in over HTTP, each committed before it is answered.

Every report is validated, placed in its cell, given its case, task, ledger entry and deadline,
and committed with synchronous_commit on. 8 clients on keep-alive connections; web server,
database and clients share the machine. The limit of the same run is pgbench's single-row
INSERT and commit on the same cluster with 8 clients.
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import psycopg

from bench._senders import Target, in_processes, percentile
from bench._site import Site, site

PORT = 8551
WARM_SECONDS, SECONDS, RAW_SECONDS = 4.0, 30.0, 10
# Signalen on such a machine takes 27 reports a second (facts measured with its own load test).
SIGNALEN = 27.0
LEAST_TIMES, LEAST_RATIO = 25.0, 0.05

RAW_TABLE = (
    "CREATE TABLE IF NOT EXISTS raw_insert (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, said text)"
)
RAW_SCRIPT = "INSERT INTO raw_insert (said) VALUES ('one row, one commit');\n"


def run() -> dict[str, Any]:
    """Measure; the result in the shape every benchmark gives."""
    with site(PORT) as running:
        target = target_of(running)
        in_processes(target, 2, 4, WARM_SECONDS)
        before = raw_rate(running)
        results = in_processes(target, 2, 4, SECONDS)
        after = raw_rate(running)
        stored = _stored(running)
    answered = sum(len(result.seconds) - len(result.failures) for result in results)
    failures = [text for result in results for text in result.failures]
    spent = max(result.ended for result in results) - min(result.began for result in results)
    seconds = [one for result in results for one in result.seconds]
    value, limit = answered / spent, max(before, after)
    ratio = value / limit
    return {
        "name": "intake",
        "value": round(value, 1),
        "unit": "reports/s",
        "limit": round(limit, 1),
        "ratio": round(ratio, 4),
        "better": "higher",
        "pass": not failures and value >= LEAST_TIMES * SIGNALEN and ratio >= LEAST_RATIO,
        "clients": 8,
        "least_value": LEAST_TIMES * SIGNALEN,
        "least_ratio": LEAST_RATIO,
        "p50_ms": round(1000 * percentile(seconds, 0.5), 2),
        "p95_ms": round(1000 * percentile(seconds, 0.95), 2),
        "failures": len(failures),
        "first_failure": failures[0] if failures else None,
        **stored,
    }


def target_of(running: Site) -> Target:
    """The sample district: its box and its types."""
    district: Any = running.get("/api/v1/districts")
    types: Any = running.get("/api/v1/types")
    west, south, east, north = district[0]["bounds"]
    codes = tuple(one["code"] for one in types if one["kind"] != "component") or tuple(
        one["code"] for one in types
    )
    return Target(running.port, running.key, (west, south, east, north), codes)


def raw_rate(running: Site) -> float:
    """Single-row INSERT and commit, 8 clients, by pgbench on the same cluster."""
    cluster = running.cluster
    with psycopg.connect(cluster.superuser_dsn("chengzhi"), autocommit=True) as connection:
        connection.execute(RAW_TABLE)
        setting = connection.execute("SHOW synchronous_commit").fetchone()
    if setting is None or setting[0] != "on":
        raise RuntimeError(f"synchronous_commit is {setting}")
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "raw.sql"
        script.write_text(RAW_SCRIPT, encoding="ascii")
        command = [cluster.place.program("pgbench"), "-n", "-c", "8", "-j", "2", "-T", str(RAW_SECONDS)]
        command += ["-M", "prepared", "-f", str(script), cluster.superuser_dsn("chengzhi")]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    line = next(one for one in done.stdout.splitlines() if one.startswith("tps"))
    return float(line.split("=")[1].split()[0])


def _stored(running: Site) -> dict[str, int]:
    """Each answered report must have left one report, case, task and entry."""
    with psycopg.connect(running.cluster.superuser_dsn("chengzhi")) as connection:
        row = connection.execute(
            "SELECT (SELECT count(*) FROM reports_report), (SELECT count(*) FROM cases_case), "
            "(SELECT count(*) FROM cases_task), (SELECT count(*) FROM ledger_entry WHERE thing = 'case'), "
            "(SELECT count(*) FROM cases_case WHERE cell_id IS NOT NULL)"
        ).fetchone()
    assert row is not None
    if len(set(row[:4])) != 1:
        raise RuntimeError(f"reports, cases, tasks and entries differ: {row}")
    return {"stored": row[0], "placed": row[4]}


if __name__ == "__main__":
    import json

    sys.stdout.write(json.dumps(run(), ensure_ascii=False) + "\n")
