"""What a person would start on a page, started from outside: run as a program on an installation."""

import json
import sys
from pathlib import Path

PASSWORD = "Kueche-Fenster-88"


def clerk(name: str) -> str:
    """An intake clerk of the sample district who may log in; returns the password."""
    from chengzhi import clock
    from chengzhi.people import actions
    from chengzhi.people.actor import Actor
    from chengzhi.people.models import Unit

    unit = Unit.objects.get(district__slug="sample", code="supervision")
    _, token = actions.invite(
        name=name, email="", district_id=unit.district_id, unit_id=unit.pk, role="intake_clerk",
        valid_from=clock.now().date(), by=Actor.system(), on=clock.now(),
    )  # fmt: skip
    actions.accept_invitation(token=token, username=name, name=name, password=PASSWORD, on=clock.now())
    return PASSWORD


def note_all(name: str, words: str) -> int:
    """A bulk note on every case of the sample district, by that person; returns the action."""
    from chengzhi import clock
    from chengzhi.cases import bulk
    from chengzhi.cases.models import Case
    from chengzhi.people.actor import actor_of
    from chengzhi.people.models import Account
    from chengzhi.places.models import District

    district = District.objects.get(slug="sample").pk
    by = actor_of(Account.objects.get(username=name), district, clock.now())
    ids = Case.objects.filter(district_id=district).values_list("pk", flat=True)
    return bulk.begin(list(ids), "note", {"note": words}, by=by, on=clock.now(), key=words).pk


def import_file(path: str, mapping: str, slug: str) -> int:
    """What the wizard's last button does: the worker loads the file; returns the run."""
    from chengzhi import clock
    from chengzhi.people.actor import Actor
    from chengzhi.pipeline import runs, uploads
    from chengzhi.pipeline.finding import find
    from chengzhi.places.models import District

    district = District.objects.get(slug=slug)
    run = runs.start_run(
        district=district, path=Path(path), mapping=mapping, body=find(district, mapping),
        by=Actor.system(), on=clock.now(),
    )  # fmt: skip
    uploads.enqueue(run, title=run.mapping, by=Actor.system(), on=clock.now())
    return int(run.pk)


def add_photo(case: str, path: str) -> int:
    """A photo of the place after the work, as the department adds it; returns its number."""
    from chengzhi import clock
    from chengzhi.cases.models import Case, CasePhoto
    from chengzhi.files.actions import store

    found = Case.objects.get(pk=int(case))
    file = store(
        Path(path).read_bytes(), district_id=found.district_id, kind="photo", by=None, on=clock.now()
    ).file
    return CasePhoto.objects.create(case=found, file=file, stage="after", added_at=clock.now()).pk


if __name__ == "__main__":
    from chengzhi.commands._session import installation

    with installation():
        steps = {"clerk": clerk, "note_all": note_all, "import_file": import_file, "add_photo": add_photo}
        made = steps[sys.argv[1]](*sys.argv[2:])
    print(json.dumps(made))
