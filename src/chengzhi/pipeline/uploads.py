"""Files sent on a page: kept privately, looked at, and then handed to a background job."""

import os
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import polars as pl
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from chengzhi.files.actions import plain_name
from chengzhi.files.models import StoredFile
from chengzhi.files.tables import copy_out, store_table
from chengzhi.jobs.actions import start
from chengzhi.jobs.models import JobRun
from chengzhi.ledger.actions import record
from chengzhi.people.actor import Actor
from chengzhi.people.rules import require
from chengzhi.pipeline.mappings import Strict
from chengzhi.pipeline.models import ImportRun, Mapping, Upload
from chengzhi.pipeline.sources import open_source

SAMPLE = 2000
KIND = "imports.load"


def local_copy(file: StoredFile) -> Path:
    """The stored file on this machine's disk, for readers that need a path; written once."""
    folder: Path = settings.HOME / "run" / "imports"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{file.sha256}{Path(file.path).suffix}"
    if not path.exists():
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        part.touch(mode=0o600)
        copy_out(file, part)
        part.replace(path)
    return path


def forget_copy(run: ImportRun) -> None:
    """Delete the copy on disk of a run that has ended; the stored file stays."""
    if run.file is not None:
        local_copy_path = Path(run.source_path)
        if local_copy_path.parent == settings.HOME / "run" / "imports":
            local_copy_path.unlink(missing_ok=True)


def receive(
    source: BinaryIO,
    name: str,
    *,
    district_id: int,
    by: Actor,
    on: datetime,
    permission: str = "report.import",
) -> Upload:
    """Check and keep a file; raises the Problems of `files.problems` and `sources`."""
    require(by, permission)
    with transaction.atomic():
        file = store_table(source, district_id=district_id, by=by.account_id, on=on, name=name)
        opened = open_source(local_copy(file))
        made = Upload.objects.create(
            district_id=district_id, file=file, name=plain_name(name), columns=opened.columns,
            uploaded_by=by.account_id or 0, uploaded_at=on,
        )  # fmt: skip
        record(
            district_id=district_id, thing="import_upload", thing_id=made.pk, step="upload", by=by, on=on,
            facts={"sha256": file.sha256, "bytes": file.size, "columns": len(opened.columns)},
        )  # fmt: skip
    return made


def sample(upload: Upload, rows: int = SAMPLE) -> pl.DataFrame:
    """The first rows of the file, with their numbers; the file's own columns without any row when empty."""
    for frame in open_source(local_copy(upload.file)).chunks():
        return frame.head(rows)
    return pl.DataFrame(schema=dict.fromkeys(upload.columns, pl.String) | {"__row": pl.Int64})


def save_mapping(
    name: str, body: Strict, *, kind: str = "reports", district_id: int, by: Actor, on: datetime
) -> Mapping:
    """Keep a mapping under a name; the one of the same name before it stays, dated."""
    require(by, "report.import" if kind == "reports" else "upper.manage")
    with transaction.atomic():
        made = Mapping.objects.create(
            district_id=district_id, name=name, kind=kind, created_by=by.account_id, created_at=on,
            body=body.model_dump(mode="json", exclude_defaults=True),
        )  # fmt: skip
        record(
            district_id=district_id, thing="mapping", thing_id=made.pk, step="save", by=by, on=on,
            facts={"name": name, "kind": kind},
        )  # fmt: skip
    return made


def enqueue(run: ImportRun, *, title: str, by: Actor, on: datetime) -> JobRun:
    """Ask the worker to carry out a run, or to go on with one that stopped."""
    require(by, "report.import")
    with transaction.atomic():
        begun = start(
            KIND, title=title, by=by.account_id, on=on, district_id=run.district_id, arguments={"run": run.pk}
        )
        ImportRun.objects.filter(pk=run.pk).update(job_id=begun.pk, state="queued")
    run.job_id, run.state = begun.pk, "queued"
    return begun


def title_of(name: str) -> str:
    """What the job is called."""
    return _("Import of %(file)s") % {"file": name}
