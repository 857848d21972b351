"""A background job as the progress card shows it."""

from typing import Any

from django.urls import reverse

from chengzhi import clock
from chengzhi.jobs.models import JobRun

WORDS = {"queued": "waiting", "running": "running", "done": "done", "failed": "failed", "cancelled": "failed"}


def card(run: JobRun, url: str = "", result_url: str = "") -> dict[str, Any]:
    """What `job_progress` shows; `url` is asked again, `result_url` opens the result."""
    if not url:
        url, result_url = _addresses(run)
    return {
        "title": run.title, "done": run.done, "total": run.total, "state": WORDS.get(run.state, "running"),
        "message": run.message, "seconds_left": seconds_left(run), "url": url,
        "result_url": result_url if run.state == JobRun.State.DONE else "",
    }  # fmt: skip


def _addresses(run: JobRun) -> tuple[str, str]:
    if run.kind == "cases.export":
        return reverse("desk:export_progress", args=(run.pk,)), reverse("desk:export_file", args=(run.pk,))
    if run.kind in ("cases.bulk", "cases.bulk_undo"):
        action = int(run.arguments.get("action", 0))
        return reverse("desk:bulk_progress", args=(action,)), reverse("desk:bulk_action", args=(action,))
    return "", ""


def seconds_left(run: JobRun) -> float | None:
    """How long the rest will take at the speed so far; None before there is a speed."""
    if run.started_at is None or run.state != JobRun.State.RUNNING or not run.done or not run.total:
        return None
    spent = (clock.now() - run.started_at).total_seconds()
    return max(0.0, spent / run.done * (run.total - run.done))
