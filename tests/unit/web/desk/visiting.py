"""Visits to the desk as somebody, and the worker's part done in this process."""

import re

from django.test import Client

from chengzhi import clock
from chengzhi.jobs.models import JobRun
from chengzhi.jobs.registry import work_of


def as_(town, name):
    client = Client()
    client.force_login(town.accounts[name], backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["language"] = "en"
    return client


def text(answer):
    assert answer.status_code == 200, answer
    return answer.content.decode()


def run_jobs():
    """Do the waiting jobs as the worker does, in this process."""
    for run in JobRun.objects.filter(state="queued").order_by("id"):
        JobRun.objects.filter(pk=run.pk).update(state="running", started_at=clock.now())
        run.refresh_from_db()
        result = work_of(run.kind)(run)
        JobRun.objects.filter(pk=run.pk).update(state="done", finished_at=clock.now(), result=result)


def numbers_on(page):
    return re.findall(r'name="case" value="(\d+)"', page)
