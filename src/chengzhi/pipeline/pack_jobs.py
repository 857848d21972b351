"""Loading a district pack in the background: checked whole, then written all or nothing."""

from typing import Any

from django.utils.translation import gettext as _

from chengzhi import clock
from chengzhi.cases import habits
from chengzhi.jobs.actions import progress
from chengzhi.jobs.models import JobRun
from chengzhi.jobs.registry import job
from chengzhi.people.actor import Actor, actor_of
from chengzhi.people.models import Account
from chengzhi.pipeline.pack_uploads import BadPackArchive, check_may_load, folder_of, settle
from chengzhi.pipeline.packs import check_pack, load_pack
from chengzhi.places.models import District

KIND = "packs.load"


@job(KIND)
def load(run: JobRun) -> dict[str, Any]:
    """Load the pack folder `arguments["folder"]`, or the upload `token`.

    A second attempt finds the version loaded already.
    """
    folder = folder_of(run.arguments)
    if folder is None:
        raise BadPackArchive(_("The pack's folder is gone."), "", _("Send the pack again."))
    progress(run, 0, 2)
    checked = check_pack(folder)
    slug = checked.pack.manifest.slug
    progress(run, 1, 2)
    before = District.objects.filter(slug=slug).first()
    demo = bool(before and before.settings.get("demo"))
    loaded = load_pack(folder, by=_starter(run, slug, before), on=clock.now(), demo=demo)
    if "token" in run.arguments:
        settle(run.arguments["token"], slug)
    habits.forget(loaded.district_id)
    progress(run, 2, 2)
    return loaded.as_json()


def _starter(run: JobRun, slug: str, district: District | None) -> Actor:
    """Who asked, with the rights of now; nobody (who is refused) when the account is gone."""
    account = Account.objects.filter(pk=run.started_by or 0, is_active=True).first()
    if account is None:
        return Actor.anonymous()
    by = actor_of(account, district.pk if district else None, clock.now())
    if "token" not in run.arguments:
        return by
    check_may_load(slug, district, account=account, by=by)
    if district is None:  # nobody holds a post in it yet
        may = frozenset({"packs.manage"})
        return Actor(account.pk, str(account), None, ("administrator",), permissions=may, district_wide=may)
    return by
