"""What is known about background work."""

from datetime import datetime, timedelta

from chengzhi.jobs.models import Heartbeat, JobRun

# Three missed beats of three seconds and some slack on a loaded machine.
FRESH = timedelta(seconds=20)


def worker_lives(*, on: datetime) -> bool:
    """Whether a worker gave a sign of life within the last 20 seconds."""
    return Heartbeat.objects.filter(part="worker", seen_at__gt=on - FRESH).exists()


def demo_state() -> str:
    """`loading` while the demo job waits or runs, `loaded` when it ended well, else `none`."""
    state = JobRun.objects.filter(kind="demo.load").order_by("-id").values_list("state", flat=True).first()
    if state in (JobRun.State.QUEUED, JobRun.State.RUNNING):
        return "loading"
    return "loaded" if state == JobRun.State.DONE else "none"
