"""Who is told of a step: the owner, or those who may check. Numbers and dates only, never what was said."""

from chengzhi.branch.organisation.models import BodyRole
from chengzhi.branch.organisation.rules import in_force, roles_in_body
from chengzhi.branch.rectification.life import CHECK, ITEM_LIFE
from chengzhi.branch.rectification.models import Item
from chengzhi.cases.habits import habits
from chengzhi.lifecycle.effects import Happening
from chengzhi.notices import actions as notices
from chengzhi.notices.actions import About
from chengzhi.people.models import Account


def _item(happening: Happening) -> Item:
    return Item.objects.select_related("owner__account").get(pk=happening.thing_id)


def _about(item: Item, happening: Happening) -> About:
    zone = habits(item.district_id).zone
    due = f"{item.due_at.astimezone(zone):%Y-%m-%d}" if item.due_at else "—"
    said = {"number": item.number, "due": due, "type": ITEM_LIFE.step(happening.step).label}
    return About(item.district_id, ITEM_LIFE.name, item.pk, happening.event_id, said)


def tell_owner(happening: Happening) -> None:
    """Tell the owner what another did with his item; nobody is told of his own step."""
    item = _item(happening)
    account = item.owner.account if item.owner else None
    if account is not None and account.pk != happening.actor_id:
        notices.tell_accounts("rectification_yours", [account], _about(item, happening), on=happening.on)


def tell_checkers(happening: Happening) -> None:
    """Tell those of the body who may check what another asks."""
    item = _item(happening)
    day = habits(item.district_id).day(happening.on)
    may = [key for key, role in roles_in_body().items() if CHECK in role.permissions]
    rows = BodyRole.objects.filter(
        in_force(day), in_force(day, "member__"), body_id=item.body_id, role__in=may
    )
    own = {happening.actor_id, item.owner.account_id if item.owner else None}
    ids = {pk for pk in rows.values_list("member__account_id", flat=True) if pk is not None} - own
    people = Account.objects.filter(pk__in=ids, is_active=True).order_by("pk")
    notices.tell_accounts("rectification_to_check", people, _about(item, happening), on=happening.on)


def withdraw_messages(happening: Happening) -> None:
    """Take back what the undone step would have said."""
    notices.withdraw(happening.facts["undoes"], thing=happening.life, thing_id=happening.thing_id)
