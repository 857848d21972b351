"""Who is told of a step: the people of the contractor whose section it is about."""

from chengzhi.cases.telling import holders
from chengzhi.inspections.checklists import measurement
from chengzhi.inspections.models import Deduction
from chengzhi.lifecycle.effects import Happening
from chengzhi.notices import actions as notices
from chengzhi.notices.actions import About


def tell_contractor(happening: Happening) -> None:
    """Tell those with a post in the unit that answers for the section; waits out the undo time."""
    one = Deduction.objects.select_related("permit__object", "reading").get(pk=happening.thing_id)
    if one.unit_id is None:
        return
    thing, due = one.permit.object, one.appeal_due_at
    said = {
        "number": thing.number,
        "type": measurement(one.reading.measurement).name,
        "place": thing.address or thing.name,
        "due": f"{due:%Y-%m-%d}" if due else "",
        "count": f"{one.amount if one.decided_amount is None else one.decided_amount:f}",
    }
    about = About(one.district_id, "deduction", one.pk, happening.event_id, said)
    kind = "deduction_told" if happening.step == "tell" else "deduction_decided"
    people = holders(one.district_id, happening.on, unit_id=one.unit_id)
    notices.tell_accounts(kind, people, about, on=happening.on)


def withdraw_messages(happening: Happening) -> None:
    """Take back what the undone step would have said."""
    notices.withdraw(happening.facts["undoes"], thing=happening.life, thing_id=happening.thing_id)
