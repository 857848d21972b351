"""Clean-up of the API, by the clock."""

from datetime import datetime

from chengzhi.api.v1 import answers
from chengzhi.jobs.registry import periodic


@periodic("23 3 * * *", "api.sweep_answers")
def sweep_answers(moment: datetime) -> int:
    """Forget the answers to old Idempotency-Keys."""
    return answers.sweep(before=moment - answers.KEPT)
