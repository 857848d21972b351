"""Districts and what lies in them: areas, unit grid cells, streets.

Geometry is kept as GeoJSON in plain columns (no database extension): it is read
once per pack version into an in-process tree, see :mod:`chengzhi.places.placement`.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Origin(models.TextChoices):
    """Where a geometry or code comes from; shown wherever it is drawn."""

    SURVEY = "survey", _("survey")
    SOURCE = "source", _("public source")
    GENERATED = "generated", _("generated")


class RoadKind(models.TextChoices):
    """Front (面子) or back (里子) of the city."""

    MAIN = "main", _("main street")
    BACK = "back", _("back lane")
    UNKNOWN = "unknown", _("unknown")


class District(models.Model):
    """One jurisdiction, loaded from a district pack."""

    id = models.SmallAutoField(primary_key=True)
    slug = models.SlugField(unique=True, max_length=40)
    code = models.CharField(max_length=6, blank=True, db_collation="C")
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100)
    zone = models.CharField(max_length=50)
    code_set = models.CharField(max_length=40)
    area_code_set = models.CharField(max_length=40, blank=True)
    simulated = models.BooleanField(default=False)
    schematic = models.BooleanField(default=True)
    public_map = models.BooleanField(default=False)
    map_approval = models.CharField(max_length=60, blank=True)
    case_prefix = models.CharField(max_length=12, blank=True)
    min_lon = models.FloatField()
    min_lat = models.FloatField()
    max_lon = models.FloatField()
    max_lat = models.FloatField()
    outline = models.JSONField()
    not_geocoded = models.JSONField(default=list)
    settings = models.JSONField(default=dict)
    pack_version = models.CharField(max_length=40)
    loaded_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class Area(models.Model):
    """Street, town, community, ward … with its parent."""

    class Level(models.TextChoices):
        DISTRICT = "district", _("district")
        STREET = "street", _("street or town")
        COMMUNITY = "community", _("community or village")

    district = models.ForeignKey(District, on_delete=models.CASCADE, related_name="areas")
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="children")
    level = models.CharField(max_length=12, choices=Level.choices)
    code = models.CharField(max_length=20, db_collation="C")
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, blank=True)
    area_class = models.SmallIntegerField(default=1)
    origin = models.CharField(max_length=10, choices=Origin.choices)
    outline = models.JSONField(null=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["district", "level", "code"], name="area_code_once")]

    def __str__(self) -> str:
        return self.name


class AreaCode(models.Model):
    """The code of an area in one named code set; sets may disagree."""

    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="codes")
    code_set = models.CharField(max_length=40)
    code = models.CharField(max_length=20, db_collation="C")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["area", "code_set"], name="area_code_set_once")]


class Cell(models.Model):
    """Unit grid cell 单元网格: 15 digits = 6 district + 3 street + 3 community + 3 sequence."""

    district = models.ForeignKey(District, on_delete=models.CASCADE, related_name="cells")
    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="cells")
    code = models.CharField(max_length=20, db_collation="C")
    outline = models.JSONField()
    origin = models.CharField(max_length=10, choices=Origin.choices)
    management_level = models.CharField(max_length=10, blank=True)
    road_kind = models.CharField(max_length=8, choices=RoadKind.choices, default=RoadKind.UNKNOWN)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["district", "code"], name="cell_code_once")]


class Street(models.Model):
    """A named street; main or back where the district has said so."""

    district = models.ForeignKey(District, on_delete=models.CASCADE, related_name="streets")
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    road_kind = models.CharField(max_length=8, choices=RoadKind.choices, default=RoadKind.UNKNOWN)
    line = models.JSONField(null=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    valid_to = models.DateField(null=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["district", "name"], name="street_name_once")]


class Landmark(models.Model):
    """A market, park, stop … by which people say where something is."""

    district = models.ForeignKey(District, on_delete=models.CASCADE, related_name="landmarks")
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=24, blank=True)
    lon = models.FloatField()
    lat = models.FloatField()
    valid_to = models.DateField(null=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["district", "name"], name="landmark_name_once")]

    def __str__(self) -> str:
        return self.name
