"""Large imports and exports: what ran, what it loaded, what it refused and why."""

from django.db import models

from chengzhi.files.models import StoredFile
from chengzhi.places.models import District


class ImportRun(models.Model):
    """One file on its way in; resumable behind row ``position`` of the file."""

    district = models.ForeignKey(District, on_delete=models.CASCADE)
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT)
    source_path = models.CharField(max_length=400, blank=True)
    sha256 = models.CharField(max_length=64, db_collation="C")
    mapping = models.CharField(max_length=60)
    mapping_body = models.JSONField(default=dict)
    columns = models.JSONField(default=list)
    state = models.CharField(max_length=10, default="queued")
    position = models.BigIntegerField(default=0)
    read = models.BigIntegerField(default=0)
    loaded = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)
    existing = models.BigIntegerField(default=0)
    flagged = models.BigIntegerField(default=0)
    # key of the register it is for; empty for reports
    register = models.CharField(max_length=24, blank=True, default="", db_default="", db_collation="C")
    updated = models.BigIntegerField(default=0, db_default=0)
    flags = models.JSONField(default=dict)  # flag → number of loaded rows that carry it
    seconds = models.FloatField(default=0)
    started_by = models.BigIntegerField(null=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    job_id = models.BigIntegerField(null=True)


class Upload(models.Model):
    """A file that a person is looking at before it is imported, and the mapping in the making."""

    district = models.ForeignKey(District, on_delete=models.CASCADE)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT)
    name = models.CharField(max_length=200)
    columns = models.JSONField(default=list)
    mapping = models.CharField(max_length=60, blank=True)
    body = models.JSONField(default=dict)
    uploaded_by = models.BigIntegerField()
    uploaded_at = models.DateTimeField()
    run = models.ForeignKey(ImportRun, null=True, on_delete=models.SET_NULL)


class ImportReject(models.Model):
    """A row that was not loaded, with its number in the file, its reason and its content."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="rejects")
    row = models.BigIntegerField()
    code = models.CharField(max_length=40)
    reason = models.TextField()
    content = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["run", "row"], name="reject_by_row")]


class Mapping(models.Model):
    """How the columns of a source become reports; made with the wizard or shipped by a pack.

    Never changed: saving again under the same name adds a row, and the newest counts.
    """

    district = models.ForeignKey(District, null=True, on_delete=models.CASCADE)
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, default="reports", db_default="reports")
    body = models.JSONField()
    created_by = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
