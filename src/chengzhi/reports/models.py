"""What comes in. A report is what somebody said; the case is what the district does about it."""

from django.db import models
from django.db.models import Q

from chengzhi.cases.models import Case
from chengzhi.files.models import StoredFile
from chengzhi.people.models import Account
from chengzhi.places.models import District


class Reporter(models.Model):
    """Who reported, apart from the case and encrypted with a key outside the database."""

    district = models.ForeignKey(District, on_delete=models.CASCADE)
    contact = models.BinaryField()
    phone_hmac = models.BinaryField(null=True)
    created_at = models.DateTimeField()
    erase_after = models.DateField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["erase_after"], name="reporter_to_erase", condition=Q(erased_at__isnull=True)
            ),
            models.Index(
                fields=["phone_hmac"], name="reporter_by_phone", condition=Q(phone_hmac__isnull=False)
            ),
        ]


class Report(models.Model):
    """One report; several may lead to one case."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reports")
    channel = models.CharField(max_length=20, db_collation="C")
    text = models.TextField(blank=True)
    address = models.CharField(max_length=250, blank=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    reporter = models.ForeignKey(
        Reporter, null=True, on_delete=models.SET_NULL, related_name="reports", db_index=False
    )
    language = models.CharField(max_length=10, default="zh-hans")
    # the follow-up link holds the secret; the row holds its hash
    follow_hash = models.BinaryField(null=True)
    idempotency_key = models.CharField(max_length=80, null=True, db_collation="C")
    # hash of what was sent with the key: the same key with other content is refused
    content_mark = models.BinaryField(null=True)
    # "the same here": follows a case that another report opened
    supports = models.BooleanField(default=False, db_default=False)
    withdrawn_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    received_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "idempotency_key"],
                name="report_once",
                condition=Q(idempotency_key__isnull=False),
            )
        ]
        indexes = [
            models.Index(
                fields=["follow_hash"], name="report_follow", condition=Q(follow_hash__isnull=False)
            ),
            # only reports with a contact pay for it
            models.Index(fields=["reporter"], name="report_by_reporter", condition=Q(reporter__isnull=False)),
        ]


class ReportPhoto(models.Model):
    """A photo that came with a report."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="photos")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT)


class ReportNote(models.Model):
    """What a resident added afterwards through the follow-up link."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField(blank=True)
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()


class SendCount(models.Model):
    """How much one passer-by sent in one window; the mark changes every day, old rows go."""

    mark = models.BinaryField()
    window = models.IntegerField()
    count = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mark", "window"], name="send_count_once")]


class TelephoneDraft(models.Model):
    """What a clerk has typed so far; sealed, for it may hold the caller's name and number."""

    district = models.ForeignKey(District, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    sealed = models.BinaryField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["district", "account"], name="telephone_draft_once")]


class ReporterView(models.Model):
    """Who looked at a reporter's data, when, and why."""

    reporter = models.ForeignKey(Reporter, on_delete=models.CASCADE, related_name="views")
    account = models.ForeignKey(Account, on_delete=models.PROTECT)
    reason = models.CharField(max_length=200)
    viewed_at = models.DateTimeField()


class UpperOrder(models.Model):
    """上级转办: a case of the city platform or 12345 with its number, deadline and reply form."""

    district = models.ForeignKey(District, on_delete=models.CASCADE)
    system = models.CharField(max_length=40)
    number = models.CharField(max_length=60, db_collation="C")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="upper_orders")
    due_at = models.DateTimeField(null=True)
    reply_form = models.JSONField(default=list)
    reply = models.JSONField(null=True)
    received_at = models.DateTimeField()
    replied_at = models.DateTimeField(null=True)
    upper_state = models.CharField(max_length=20, blank=True)
    upper_seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["district", "system", "number"], name="upper_once")]
