"""Importing a register's file from the command line."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from chengzhi.people.actor import Actor
from chengzhi.pipeline import rejects as rejected
from chengzhi.pipeline.loading import district_named
from chengzhi.pipeline.models import ImportRun
from chengzhi.pipeline.register_runs import SYSTEM, carry_out, report, start_run
from chengzhi.registers.problems import BadMapping


def load_file(
    path: Path, *, kind: str, slug: str | None, mapping: Path | None, source_system: str, rejects: Path | None,
    on: datetime, say: Callable[[int, int | None], None],
) -> dict[str, Any]:  # fmt: skip
    """Load a file now; goes on with an unfinished run of the same file. Returns the counts.

    `mapping` is a YAML or JSON file of target → column; without one the columns' names decide.
    Rejected rows are written to ``rejects``, by default ``FILE.rejects.csv`` beside it.
    """
    by, district = Actor.system(), district_named(slug)
    chosen = _mapping(mapping) if mapping else None
    fresh = start_run(
        district=district, path=path, kind=kind, mapping=chosen, by=by, on=on,
        source_system=source_system or SYSTEM, name=mapping.name if mapping else "",
    )  # fmt: skip
    run = _unfinished(fresh) or fresh
    done = report(carry_out(run, by=by, on=on, progress=say))
    if run.rejected:
        out = rejects or path.with_name(path.name + ".rejects.csv")
        with out.open("w", encoding="utf-8-sig", newline="") as file:
            rejected.write_file(run, file)
        done["rejects"] = str(out)
    return done


def _mapping(path: Path) -> dict[str, str]:
    try:
        text = path.read_text(encoding="utf-8")
        said = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise BadMapping(
            _("The mapping %(file)s cannot be read.") % {"file": path.name}, str(error)[:300]
        ) from error
    columns = said.get("columns", said) if isinstance(said, dict) else None
    if not isinstance(columns, dict) or not all(isinstance(v, str) for v in columns.values()):
        raise BadMapping(
            _("The mapping %(file)s cannot be read.") % {"file": path.name},
            _("It must name for each field the column it is read from."),
            _("Write lines such as “name: 设施名称”."),
        )
    return {str(key): value for key, value in columns.items()}


def _unfinished(fresh: ImportRun) -> ImportRun | None:
    """An earlier run of the same file and mapping that was cut off; the fresh one gives way."""
    earlier = ImportRun.objects.filter(
        district=fresh.district_id, sha256=fresh.sha256, register=fresh.register, state="running"
    )
    found = earlier.exclude(pk=fresh.pk).order_by("-pk").first()
    if found is None or found.mapping_body != fresh.mapping_body:
        return None
    fresh.delete()
    found.source_path = fresh.source_path
    return found


def in_words(done: dict[str, Any]) -> str:
    """The counts as a person reads them."""
    text = (
        f"{done['read']:,} rows read: {done['loaded']:,} entered, {done['updated']:,} updated "
        f"({done['flagged']:,} flagged), {done['existing']:,} were there already, "
        f"{done['rejected']:,} rejected; {done['seconds']} s."
    )
    return text + (f" Rejected rows: {done['rejects']}" if "rejects" in done else "")
