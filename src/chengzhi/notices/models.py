"""Outgoing messages: what is to be said to whom, on which channel, and whether it went out."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chengzhi.people.models import Account
from chengzhi.places.models import District


class Message(models.Model):
    """One message; waits until ``send_after`` so that an undone act tells nobody."""

    class Channel(models.TextChoices):
        INAPP = "inapp", _("in-app")
        MAIL = "mail", _("e-mail")

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("message", "waiting")
        SENT = "sent", pgettext_lazy("message", "sent")
        FAILED = "failed", pgettext_lazy("message", "failed")
        WITHDRAWN = "withdrawn", pgettext_lazy("message", "withdrawn")

    district = models.ForeignKey(District, on_delete=models.CASCADE)
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    account = models.ForeignKey(Account, null=True, on_delete=models.CASCADE)
    reporter_id = models.BigIntegerField(null=True)
    thing = models.CharField(max_length=24)
    thing_id = models.BigIntegerField()
    event_id = models.BigIntegerField(null=True)
    facts = models.JSONField(default=dict)
    language = models.CharField(max_length=10, default="zh-hans")
    created_at = models.DateTimeField()
    send_after = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    attempts = models.SmallIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["send_after"],
                name="message_to_send",
                condition=models.Q(state="waiting"),
            ),
            models.Index(fields=["account", "-id"], name="message_inbox"),
            models.Index(fields=["thing", "thing_id"], name="message_by_thing"),
        ]


class MessageText(models.Model):
    """A district's own words for a kind of message, from a day on."""

    district = models.ForeignKey(District, on_delete=models.CASCADE)
    kind = models.CharField(max_length=40)
    language = models.CharField(max_length=10)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    valid_from = models.DateField()
    changed_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "kind", "language", "valid_from"], name="message_text_once"
            )
        ]


class DigestChoice(models.Model):
    """Whether an account wants one mail a day with its unread notices; off unless asked for."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, primary_key=True)
    daily = models.BooleanField(default=False)
    last_sent_at = models.DateTimeField(null=True)
