"""Reloading a district pack in the background: checked whole, then written all or nothing."""

from typing import Any

from chengzhi import clock
from chengzhi.cases import habits
from chengzhi.jobs.actions import progress
from chengzhi.jobs.models import JobRun
from chengzhi.jobs.registry import job
from chengzhi.people.actor import Actor, actor_of
from chengzhi.people.models import Account
from chengzhi.pipeline.packs import check_pack, load_pack
from chengzhi.places.models import District
from chengzhi.places.packfile import pack_folders

KIND = "packs.load"


@job(KIND)
def load(run: JobRun) -> dict[str, Any]:
    """Load the pack folder `arguments["folder"]`; a second attempt finds the version loaded already."""
    folder = next(one for one in pack_folders() if one.name == run.arguments["folder"])
    progress(run, 0, 2)
    checked = check_pack(folder)
    progress(run, 1, 2)
    before = District.objects.filter(slug=checked.pack.manifest.slug).first()
    demo = bool(before and before.settings.get("demo"))
    loaded = load_pack(folder, by=_starter(run, before), on=clock.now(), demo=demo)
    habits.forget(loaded.district_id)
    progress(run, 2, 2)
    return loaded.as_json()


def _starter(run: JobRun, district: District | None) -> Actor:
    """Who asked, with the rights of now; nobody (who is refused) when the account is gone."""
    account = Account.objects.filter(pk=run.started_by or 0).first()
    return actor_of(account, district.pk if district else None, clock.now()) if account else Actor.anonymous()
