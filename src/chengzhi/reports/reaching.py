"""How a reporter is reached when a message goes out; nothing of it is kept beside the message."""

from django.conf import settings
from django.urls import reverse

from chengzhi.notices.addresses import Reach
from chengzhi.reports.contact import Contact
from chengzhi.reports.intake import follow_token
from chengzhi.reports.models import Report, Reporter


def reach(reporter_id: int) -> Reach | None:
    """Mail address and follow-up page of a reporter; None when erased or without an address."""
    reporter = Reporter.objects.filter(pk=reporter_id, erased_at__isnull=True).first()
    if reporter is None:
        return None
    mail = Contact.opened(reporter.contact, reporter.district_id).email
    report = Report.objects.filter(reporter_id=reporter_id).order_by("-pk").first()
    return Reach(mail, _link(report)) if mail else None


def _link(report: Report | None) -> str:
    """The secret of the link is made anew from the request's key; without one there is no link."""
    if report is None or not report.idempotency_key:
        return ""
    token = follow_token(report.district_id, report.idempotency_key)
    return settings.PUBLIC_URL + reverse("public:follow", args=[token])
