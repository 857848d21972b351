"""What is bound by name at start, because an upper area serves a lower one.

Jobs: each area declares its background work in its own `jobs.py`; the worker imports these.
"""

JOB_MODULES = (
    "chengzhi.files.jobs",
    "chengzhi.ledger.jobs",
    "chengzhi.places.jobs",
    "chengzhi.people.jobs",
    "chengzhi.notices.jobs",
    "chengzhi.analytics.jobs",
    "chengzhi.registers.jobs",
    "chengzhi.cases.jobs",
    "chengzhi.reports.jobs",
    "chengzhi.outcomes.jobs",
    "chengzhi.pipeline.jobs",
    "chengzhi.web.jobs",
    "chengzhi.demo.jobs",
)
