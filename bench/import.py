"""Import against a bare COPY of the same rows into the same tables with the same indexes.

The file is Boston's, repeated with shifted times; every row is validated, placed, given a
deadline and loaded. Target: half the speed of the bare COPY, below 1.5 GB of memory.
"""

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import polars as pl
import psycopg
import yaml

from bench import Figure
from bench._cluster import Bench, throw_away

PACK = Path(__file__).resolve().parents[1] / "packs" / "boston"
TABLES = ("cases_case", "cases_task", "ledger_entry")
TARGET = 0.5
MOST_BYTES = 1_500_000_000


def run(rows: int = 1_000_000) -> Figure:
    """Import ``rows`` rows, then copy the same rows bare."""
    with throw_away(packs=True) as bench:
        work = bench.home / "exports"
        file, mapping = _file(work, rows), _mapping(work)
        _clone(bench)
        done, seconds, most = _import(bench, file, mapping)
        assert (done["loaded"], done["rejected"]) == (rows, 0), done
        bare = _bare(bench, work)
        details = {
            "rows": rows, "seconds": round(seconds, 1), "bare_seconds": round(bare, 1),
            "memory_mb": most // 1_000_000, "memory_limit_mb": MOST_BYTES // 1_000_000,
        }  # fmt: skip
        value, limit = rows / seconds, rows / bare
        passed = value / limit >= TARGET and most < MOST_BYTES
        return Figure("import", value, "rows/s", limit, "higher", passed, details)


def _file(folder: Path, rows: int) -> Path:
    """Boston's rows again and again, each time ten weeks earlier and with numbers of their own."""
    once = pl.read_parquet(PACK / "data" / "boston311_2011.parquet")
    times = [column for column, kind in once.schema.items() if kind.is_temporal()]
    parts = [
        once.with_columns(
            pl.col("case_enquiry_id", "duplicate_of") + f"-{again}",
            pl.col(times).dt.offset_by(f"-{10 * again}w"),
        )
        for again in range(-(-rows // len(once)))
    ]
    path = folder / "repeated.parquet"
    pl.concat(parts).head(rows).write_parquet(path)
    return path


def _mapping(folder: Path) -> Path:
    """The shipped mapping, and deadlines computed where the file has none."""
    body = yaml.safe_load((PACK / "mappings" / "boston-2011.yaml").read_text(encoding="utf-8"))
    path = folder / "bench.yaml"
    path.write_text(yaml.safe_dump(body | {"compute_due": True}), encoding="utf-8")
    return path


def _clone(bench: Bench) -> None:
    """An empty twin of the database, with the same tables, indexes and packs."""
    with psycopg.connect(
        bench.url("superuser").replace("/chengzhi?", "/postgres?"), autocommit=True
    ) as admin:
        admin.execute("CREATE DATABASE bare TEMPLATE chengzhi")


def _import(bench: Bench, file: Path, mapping: Path) -> tuple[dict[str, Any], float, int]:
    command = [sys.executable, "-m", "chengzhi", "import", "reports", str(file), "--mapping", str(mapping)]
    before = time.monotonic()
    done = subprocess.run(
        [*command, "--district", "boston", "--json"], env=bench.environment(), stdin=subprocess.DEVNULL,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    seconds = time.monotonic() - before
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    return json.loads(done.stdout), seconds, most


def _bare(bench: Bench, folder: Path) -> float:
    """Seconds of COPY alone, from files in the server's own format, as the owner."""
    there = bench.url("superuser")
    twin = there.replace("/chengzhi?", "/bare?")
    for table in TABLES:
        _psql(bench, there, f"\\copy (SELECT * FROM {table}) TO '{folder / table}'")
    before = time.monotonic()
    for table in TABLES:
        _psql(bench, twin, f"\\copy {table} FROM '{folder / table}'")
    return time.monotonic() - before


def _psql(bench: Bench, url: str, *commands: str) -> None:
    words = [word for command in commands for word in ("-c", command)]
    subprocess.run(
        [bench.cluster.place.program("psql"), "-q", "-v", "ON_ERROR_STOP=1", *words, url],
        check=True, env=os.environ, stdin=subprocess.DEVNULL,
    )  # fmt: skip
