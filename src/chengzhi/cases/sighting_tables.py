"""小广告: where a telephone number was seen. One number is one party, however often it is pasted up."""

from django.db import models

from chengzhi.places.models import District
from chengzhi.registers.models import Party


class Sighting(models.Model):
    """A case that shows the number of a party. The number itself is sealed with the party."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="sightings")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="sightings")
    seen_at = models.DateTimeField()
    noted_by = models.BigIntegerField(null=True)
    noted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "case"], name="sighting_once")]
        indexes = [models.Index(fields=["case"], name="sighting_by_case")]


class SightingMark(models.Model):
    """How far the cases of a district have been looked through for numbers."""

    district = models.OneToOneField(District, on_delete=models.CASCADE)
    case_id = models.BigIntegerField(default=0)
