"""A report with a contact, as somebody would have sent it."""

from datetime import datetime, timedelta

from chengzhi.cases.models import Case
from chengzhi.reports.contact import contact
from chengzhi.reports.models import Report, Reporter
from tests.unit.cases.town import Town


def reported(town: Town, case: Case, now: datetime, phone: str = "13800138000") -> Report:
    said = contact(name="张三", phone=phone)
    reporter = Reporter.objects.create(
        district=town.district, contact=said.sealed(town.district.pk), phone_hmac=said.phone_mark(),
        created_at=now,
        erase_after=now.date() + timedelta(days=90),
    )  # fmt: skip
    return Report.objects.create(
        district=town.district,
        case=case,
        channel="web",
        text="垃圾没人收",
        reporter=reporter,
        received_at=now,
    )
