"""Tables of the append-only record; they are made by SQL in the migration, not by Django.

Nothing here has a foreign key: an entry outlives what it tells of.
"""

from django.db import models


class Entry(models.Model):
    """One act: who did what to which thing, when, by which rule.

    ``xid`` is the writing transaction, ``era`` counts restores (transaction numbers
    start again in a restored database).
    """

    id = models.BigIntegerField(primary_key=True)
    era = models.SmallIntegerField()
    xid = models.BigIntegerField()
    recorded_at = models.DateTimeField()
    district_id = models.SmallIntegerField(null=True)
    thing = models.TextField()
    thing_id = models.BigIntegerField()
    step = models.TextField()
    before = models.TextField(null=True)
    after = models.TextField(null=True)
    actor_id = models.BigIntegerField(null=True)
    actor_role = models.TextField()
    happened_at = models.DateTimeField()
    rule = models.TextField()
    article = models.TextField()
    facts = models.JSONField()

    class Meta:
        managed = False
        db_table = "ledger_entry"
        ordering = ["id"]


class Personal(models.Model):
    """The only erasable part: the value behind an HMAC that stands in an entry."""

    hmac = models.BinaryField(primary_key=True)
    salt = models.BinaryField()
    value = models.BinaryField()
    erase_after = models.DateField(null=True)

    class Meta:
        managed = False
        db_table = "ledger_personal"


class Seal(models.Model):
    """Closes all entries of transactions ``low`` (inclusive) to ``high`` (exclusive)."""

    id = models.BigIntegerField(primary_key=True)
    era = models.SmallIntegerField()
    low = models.BigIntegerField()
    high = models.BigIntegerField()
    entries = models.IntegerField()
    root = models.BinaryField()
    leaves = models.BinaryField()
    previous = models.BinaryField()
    digest = models.BinaryField()
    key_id = models.TextField()
    signature = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "ledger_seal"
        ordering = ["id"]
