"""A storm after a quiet time: 35 reports a second for 30 seconds after ten idle minutes.

Peers that keep too much cold fail here. Times count from when a report *should* have been
sent, so a stall delays everything behind it and shows.
"""

import sys
import time
from typing import Any

from bench._senders import Result, open_loop, percentile
from bench._site import site
from bench.intake import target_of

PORT = 8553
RATE, SECONDS, IDLE_MINUTES = 35.0, 30.0, 10.0
MOST_P95_MS = 300.0


def run(idle: float = IDLE_MINUTES) -> dict[str, Any]:
    """Warm nothing but one report, wait `idle` minutes, then send; idle 0 is for a quick look."""
    with site(PORT) as running:
        target = target_of(running)
        open_loop(target, 1.0, 1.0, seed=1)
        sys.stderr.write(f"Waiting {idle:g} minutes.\n")
        time.sleep(idle * 60)
        result: Result = open_loop(target, RATE, SECONDS, seed=2)
    p95 = 1000 * percentile(result.seconds, 0.95)
    return {
        "name": "intake-spike",
        "value": round(p95, 1),
        "unit": "ms",
        "limit": MOST_P95_MS,
        "ratio": round(p95 / MOST_P95_MS, 4),
        "better": "lower",
        "pass": not result.failures and len(result.seconds) == int(RATE * SECONDS) and p95 < MOST_P95_MS,
        "sent": len(result.seconds),
        "failures": len(result.failures),
        "first_failure": result.failures[0] if result.failures else None,
        "p50_ms": round(1000 * percentile(result.seconds, 0.5), 1),
        "max_ms": round(1000 * max(result.seconds), 1),
        "idle_minutes": idle,
    }


if __name__ == "__main__":
    import argparse
    import json

    reader = argparse.ArgumentParser()
    reader.add_argument("--idle", type=float, default=IDLE_MINUTES, help="idle minutes before the storm")
    sys.stdout.write(json.dumps(run(reader.parse_args().idle)) + "\n")
