"""The trial: what the mapping makes of the first rows, faults by column; then the start."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from chengzhi import clock
from chengzhi.errors import Problem
from chengzhi.pipeline import uploads
from chengzhi.pipeline.checking import Checked, check
from chengzhi.pipeline.mappings import Body, parse
from chengzhi.pipeline.models import Upload
from chengzhi.pipeline.runs import check_columns, start_run
from chengzhi.pipeline.sources import open_source
from chengzhi.web.access import Request, permitted
from chengzhi.web.imports.sending import PREVIEW, own_upload
from chengzhi.web.imports.showing import code_words, table


@never_cache
@permitted("report.import")
def page(request: Request, upload_id: int) -> HttpResponse:
    """Rows of the sample as the mapping reads them; a POST keeps the mapping under a name."""
    upload = own_upload(request, upload_id)
    if not upload.body:
        return redirect("imports:preview", upload.pk)
    body = parse(upload.body, upload.mapping or upload.name)
    if request.method == "POST":
        return _save(request, upload, body)
    check_columns(open_source(uploads.local_copy(upload.file)), body, upload.mapping or upload.name)
    sample = uploads.sample(upload)
    checked = check(sample, body, upload.district, clock.now())
    columns = [name for name in upload.columns if name in body.columns()]
    answer: dict[str, Any] = {
        "upload": upload, "body": body, "checked": checked, "columns": _heads(columns, checked),
        "unused": [name for name in upload.columns if name not in columns],
        "table": table(sample.head(PREVIEW), columns, checked),
        "rejected": [(code_words().get(code, code), count) for code, count in checked.rejected.items()],
        "lost": sum(checked.rejected.values()),
    }  # fmt: skip
    return render(request, "imports/check.html", answer)


def _heads(columns: list[str], checked: Checked) -> list[dict[str, Any]]:
    return [{"name": name, "faults": checked.faults.get(name, []),
             "count": sum(fault.count for fault in checked.faults.get(name, []))} for name in columns]  # fmt: skip


def _save(request: Request, upload: Upload, body: Body) -> HttpResponse:
    name = request.POST.get("name", "").strip()[:60]
    if not name:
        messages.error(request, _("Give the mapping a name; nothing was saved."))
    else:
        uploads.save_mapping(
            name, body, kind="reports", district_id=upload.district_id, by=request.actor, on=clock.now()
        )
        upload.mapping = name
        upload.save(update_fields=["mapping"])
        messages.success(request, _("The mapping “%(name)s” was saved.") % {"name": name})
    return redirect("imports:check", upload.pk)


@permitted("report.import")
@require_POST
def begin(request: Request, upload_id: int) -> HttpResponse:
    """Start the import as a background job; asked twice, it is started once."""
    with transaction.atomic():
        upload = own_upload(request, upload_id)
        Upload.objects.select_for_update(of=("self",)).get(pk=upload.pk)
        upload.refresh_from_db(fields=["run"])
        if upload.run_id is None:
            _start(request, upload)
    return redirect("imports:run", upload.run_id)


def _start(request: Request, upload: Upload) -> None:
    name, now = upload.mapping or upload.name[:60], clock.now()
    body = parse(upload.body, name)
    if not upload.body:
        raise Problem(_("No mapping was chosen."), "", _("Choose one first."))
    run = start_run(
        district=upload.district, path=uploads.local_copy(upload.file), mapping=name, body=body,
        by=request.actor, on=now, file_id=upload.file_id,
    )  # fmt: skip
    uploads.enqueue(run, title=uploads.title_of(upload.name), by=request.actor, on=now)
    upload.run = run
    upload.save(update_fields=["run"])
