"""What is bound by name at start, because an upper area serves a lower one.

Jobs: each area declares its background work in its own `jobs.py`; the worker imports these.
Language: law and domains know nothing of Django; `bind_language` gives their messages a voice.
Effects: a life names what follows from a step; `bind_effects` says which function that is.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from chengzhi.lifecycle.effects import Happening
    from chengzhi.notices.addresses import Reach

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
    "chengzhi.branch.rectification.jobs",
    "chengzhi.branch.commitments.jobs",
    "chengzhi.branch.lectures.jobs",
    "chengzhi.branch.appraisal.named_jobs",
    "chengzhi.outcomes.jobs",
    "chengzhi.pipeline.jobs",
    "chengzhi.web.jobs",
    "chengzhi.api.jobs",
    "chengzhi.demo.jobs",
)


def bind_language() -> None:
    """Messages of what lies below Django are said in the language of the page or call."""
    from django.utils.translation import gettext

    from chengzhi import errors

    errors.speak(gettext)


def bind_effects() -> None:
    """Bind every effect that a life names; called once when all apps are loaded."""
    from chengzhi.branch.rectification import telling as rectification
    from chengzhi.cases import telling
    from chengzhi.inspections import telling as inspections
    from chengzhi.lifecycle import effects
    from chengzhi.notices import addresses
    from chengzhi.registers import asking

    addresses.bind(_reach)
    asking.bind(_passed_check)
    effects.bind(
        {
            "tell_reporters": tell_reporters,
            "tell_unit": telling.tell_unit,
            "tell_account": telling.tell_account,
            "tell_deciders": telling.tell_deciders,
            "withdraw_messages": telling.withdraw_messages,
            "tell_contractor": inspections.tell_contractor,
            "withdraw_inspection_messages": inspections.withdraw_messages,
            "tell_rectification_owner": rectification.tell_owner,
            "tell_rectification_checkers": rectification.tell_checkers,
            "withdraw_rectification_messages": rectification.withdraw_messages,
            "nothing_undone": _nothing_undone,
        }
    )


def _nothing_undone(happening: "Happening") -> None:
    """A step on an object has told nobody, so that taking it back takes back no message."""


def _passed_check(object_id: int, checklist: str, since: "date | None") -> bool:
    """Whether an object passed a checklist on or after a day; visits lie above registers."""
    from chengzhi.inspections.models import Visit

    passed = Visit.objects.filter(object_id=object_id, checklist=checklist, passed=True)
    return passed.filter(**({"visited_at__date__gte": since} if since else {})).exists()


def _reach(reporter_id: int) -> "Reach | None":
    from chengzhi.reports.reaching import reach

    return reach(reporter_id)


# Step of a case -> kind of message to those who reported it.
REPORTER_KINDS = {
    "file": "report_filed",
    "reject": "report_refused",
    "grant_void": "report_refused",
    "dispatch": "report_dispatched",
    "grant_suspension": "report_suspended",
    "close": "report_closed",
    "force_close": "report_closed",
    "reopen": "report_reopened",
    "reconsider": "report_reopened",
    "merge": "report_merged",
}


def tell_reporters(happening: "Happening") -> None:
    """Tell everyone who reported the case, or a case that was merged into it.

    Reports lie above cases, so that a case can only ask for it by name.
    """
    from chengzhi.cases import telling
    from chengzhi.cases.queries import merged_with
    from chengzhi.notices import actions as notices
    from chengzhi.reports.models import Report

    case = telling.case_of(happening)
    ids = [case.pk] if happening.step == "merge" else merged_with(case.pk)
    reporters = (
        Report.objects.filter(case_id__in=ids, reporter__isnull=False)
        .order_by("reporter_id")
        .distinct("reporter_id")
        .values_list("reporter_id", "language")
    )
    facts = {"why": case.outcome or telling.reason_of(happening)}
    about = telling.about(case, happening.event_id, facts)
    told = [(number, language) for number, language in reporters if number is not None]
    notices.tell_reporters(REPORTER_KINDS[happening.step], told, about, on=happening.on)
