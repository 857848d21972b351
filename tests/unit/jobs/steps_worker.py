"""A worker with one resumable job that writes a row per step; run by the tests as a process."""

import time
from typing import Any

from chengzhi.commands._session import installation

with installation():
    from django.db import connection

    from chengzhi.errors import Problem
    from chengzhi.jobs.actions import progress
    from chengzhi.jobs.models import JobRun
    from chengzhi.jobs.registry import job
    from chengzhi.jobs.worker import run_worker
    from chengzhi.law.units import Limit

    class Refused(Problem):
        code = "test.refused"

    @job("test.steps")
    def steps(run: JobRun) -> dict[str, Any]:
        """Each step commits its row before it counts as done; a second try begins behind the last row."""
        total = run.arguments["steps"]
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM step")
            row = cursor.fetchone()
        for number in range(row[0] if row else 0, total):
            with connection.cursor() as cursor:
                cursor.execute("INSERT INTO step VALUES (%s)", [number])
            progress(run, number + 1, total)
            time.sleep(run.arguments["pause"])
        return {"steps": total}

    @job("test.refuse")
    def refuse(run: JobRun) -> dict[str, Any]:
        raise Refused("The file is empty.", "It has no rows.", "Send another.")

    @job("test.misjudge")
    def misjudge(run: JobRun) -> dict[str, Any]:
        """Refused by a module that knows nothing of Django."""
        return {"limit": str(Limit(4, "fortnights"))}

    run_worker(stalled_seconds=2.0)
