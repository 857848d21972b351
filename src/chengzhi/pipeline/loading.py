"""Importing a file from the command line."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from chengzhi.errors import Problem
from chengzhi.people.actor import Actor
from chengzhi.pipeline import rejects as rejected
from chengzhi.pipeline.finding import find
from chengzhi.pipeline.models import ImportRun
from chengzhi.pipeline.runs import carry_out, report, start_run
from chengzhi.places.models import District

MOST_NAME = 60  # characters, as the table of runs holds


class WhichDistrict(Problem):
    """No district was named, or one that is not there."""

    code = "import.which_district"


def load_file(
    path: Path,
    *,
    mapping: str,
    slug: str | None,
    rejects: Path | None,
    on: datetime,
    say: Callable[[int, int | None], None],
) -> dict[str, Any]:
    """Load a file now; goes on with an unfinished run of the same file. Returns the counts.

    Rejected rows are written to ``rejects``, by default ``FILE.rejects.csv`` beside it.
    """
    by, district = Actor.system(), _district(slug, mapping)
    body = find(district, mapping)
    fresh = start_run(district=district, path=path, mapping=_called(mapping), body=body, by=by, on=on)
    run = _unfinished(fresh) or fresh
    done = report(carry_out(run, by=by, on=on, progress=say))
    if run.rejected:
        out = rejects or path.with_name(path.name + ".rejects.csv")
        with out.open("w", encoding="utf-8", newline="") as file:
            rejected.write_file(run, file)
        done["rejects"] = str(out)
    return done


def _called(mapping: str) -> str:
    """A mapping given by its path goes by its file's name."""
    return Path(mapping).name[-MOST_NAME:]


def in_words(done: dict[str, Any]) -> str:
    """The counts as a person reads them."""
    text = (
        f"{done['read']:,} rows read: {done['loaded']:,} loaded ({done['flagged']:,} of them flagged), "
        f"{done['existing']:,} were there already, {done['rejected']:,} rejected; {done['seconds']} s."
    )
    return text + (f" Rejected rows: {done['rejects']}" if "rejects" in done else "")


def district_named(slug: str | None) -> District:
    """The district of a short name, or the only one there is. Raises WhichDistrict."""
    return _district(slug, "")


def _district(slug: str | None, mapping: str) -> District:
    districts = list(District.objects.order_by("pk"))
    named = [d for d in districts if d.slug == slug] if slug else _by_mapping(districts, mapping)
    if len(named) == 1:
        return named[0]
    raise WhichDistrict(
        _("There is no district “%(slug)s”.") % {"slug": slug}
        if slug
        else _("Which district is the file for?"),
        _("Loaded are: %(known)s.") % {"known": ", ".join(d.slug for d in districts)},
        _("Name one of them with --district."),
    )


def _by_mapping(districts: list[District], mapping: str) -> list[District]:
    """The one district whose pack ships the mapping, else the only one there is."""
    from chengzhi.places.packfile import packs_dir

    owners = [d for d in districts if (packs_dir() / d.slug / "mappings" / f"{mapping}.yaml").exists()]
    return owners or districts


def _unfinished(fresh: ImportRun) -> ImportRun | None:
    """An earlier run of the same file and mapping that was cut off; the fresh one gives way."""
    earlier = (
        ImportRun.objects.filter(
            district=fresh.district_id, sha256=fresh.sha256, mapping=fresh.mapping, state="running"
        )
        .order_by("-pk")
        .first()
    )
    if earlier and earlier.mapping_body == fresh.mapping_body:
        fresh.delete()
        earlier.source_path = fresh.source_path
        return earlier
    return None
