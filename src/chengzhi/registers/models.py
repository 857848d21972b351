"""Registers (台账): what stands in the street, who answers for it, what allows it to stand there.

What a kind of object knows beyond these columns is declared in its domain's file and kept in
`facts`. A state is written by `chengzhi.registers.actions` alone.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from chengzhi.files.models import StoredFile
from chengzhi.people.models import Account, Unit
from chengzhi.places.models import Area, Cell, District, RoadKind, Street
from chengzhi.registers.alarm_tables import AlarmCall as AlarmCall
from chengzhi.registers.alarm_tables import RaisedAlarm as RaisedAlarm


class Party(models.Model):
    """Who answers for an object: shop, stallholder, site, haulier, advertiser, property manager …

    `contact` is sealed (a JSON object with person, phone, address); `phone_mark` is equal for the
    same number and tells nothing else. `page_hash` is that of the code of the party's own page.
    """

    district = models.ForeignKey(District, on_delete=models.PROTECT, db_index=False)
    kind = models.CharField(max_length=24, db_collation="C")
    name = models.CharField(max_length=120)
    bigrams = ArrayField(models.CharField(max_length=2), default=list)
    credit_code = models.CharField(max_length=18, blank=True, db_collation="C")
    contact = models.BinaryField(null=True)
    phone_mark = models.BinaryField(null=True)
    page_hash = models.BinaryField(null=True)
    state = models.CharField(max_length=10, default="active", db_collation="C")
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    flags = ArrayField(models.CharField(max_length=24), default=list)
    version = models.IntegerField(default=0)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["district", "kind", "id"], name="party_by_kind"),
            models.Index(fields=["phone_mark"], name="party_phone", condition=Q(phone_mark__isnull=False)),
            GinIndex(fields=["bigrams"], name="party_words"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "kind", "credit_code"],
                name="party_credit_code_once",
                condition=~Q(credit_code="") & Q(state="active"),
            ),
            models.UniqueConstraint(
                fields=["page_hash"], name="party_page_once", condition=Q(page_hash__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PartyBefore(models.Model):
    """What a correction or merger of parties replaced, for as long as it may be taken back.

    `before` holds the former values, sealed ones as they lay; the nightly job removes the row.
    """

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Party, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    step = models.CharField(max_length=12, db_collation="C")
    before = models.JSONField()
    versions = models.JSONField()
    taken_at = models.DateTimeField(db_index=True)


class PartyView(models.Model):
    """Somebody looked at a party's contact: who, for which purpose, when."""

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="views")
    account = models.ForeignKey(Account, on_delete=models.PROTECT)
    purpose = models.CharField(max_length=200)
    viewed_at = models.DateTimeField()


class RegisterCounter(models.Model):
    """The next number of a kind's register; an import takes a block at once. Gaps are allowed."""

    district = models.ForeignKey(District, on_delete=models.CASCADE)
    kind = models.CharField(max_length=24, db_collation="C")
    next = models.IntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["district", "kind"], name="register_counter_once")]


class RegisteredObject(models.Model):
    """One object of a register."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, db_index=False)
    kind = models.CharField(max_length=24, db_collation="C")
    domain = models.CharField(max_length=24, db_collation="C")
    number = models.CharField(max_length=40, db_collation="C")
    name = models.CharField(max_length=120)
    bigrams = ArrayField(models.CharField(max_length=2), default=list)
    state = models.CharField(max_length=20, db_collation="C")
    # in the street now: drawn on the map, inspected, counted
    live = models.BooleanField(default=True)
    party = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, db_index=False)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, db_index=False, related_name="+")
    # component of the national list: 17 digits where the standard has it
    component_code = models.CharField(max_length=20, blank=True, db_collation="C")
    component_status = models.CharField(max_length=10, blank=True, db_collation="C")
    # place
    place_kind = models.CharField(max_length=8, default="point")
    shape = models.JSONField(null=True)  # GeoJSON of a line or an area; None for a point
    address = models.CharField(max_length=250, blank=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    zkey = models.BigIntegerField(null=True)
    cell = models.ForeignKey(Cell, null=True, on_delete=models.PROTECT, db_index=False)
    area = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, db_index=False, related_name="+")
    street_area = models.ForeignKey(
        Area, null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    street = models.ForeignKey(Street, null=True, on_delete=models.PROTECT, db_index=False)
    road_kind = models.CharField(max_length=8, choices=RoadKind.choices, default=RoadKind.UNKNOWN)
    flags = ArrayField(models.CharField(max_length=24), default=list)
    facts = models.JSONField(default=dict)
    # what the calendars read: last day of the permit in force, next check, planned closure's end
    permit_until = models.DateField(null=True)
    check_due_on = models.DateField(null=True)
    closed_until = models.DateField(null=True)
    started_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    # printed as a QR label: opens the public card
    public_code = models.CharField(max_length=16, unique=True, db_collation="C")
    source_system = models.CharField(max_length=40, blank=True, db_collation="C")
    source_number = models.CharField(max_length=60, blank=True, db_collation="C")
    import_run = models.BigIntegerField(null=True)
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    version = models.IntegerField(default=0)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        # Each index names the page it serves; nothing else may be added without one.
        indexes = [
            models.Index(fields=["district", "kind", "id"], name="object_list"),
            models.Index(fields=["district", "kind", "state", "id"], name="object_list_state"),
            models.Index(fields=["district", "kind", "area", "id"], name="object_list_area"),
            models.Index(fields=["district", "kind", "street_area", "id"], name="object_list_street"),
            models.Index(  # expiry calendar
                fields=["district", "permit_until", "id"],
                name="object_expiry",
                condition=Q(live=True, permit_until__isnull=False),
            ),
            models.Index(  # check calendar
                fields=["district", "check_due_on", "id"],
                name="object_check_due",
                condition=Q(live=True, check_due_on__isnull=False),
            ),
            models.Index(  # map layer and nearest; a filtered map, too, reads nothing but the index
                fields=["district", "kind", "zkey"],
                name="object_map",
                include=[
                    "lon",
                    "lat",
                    "id",
                    "state",
                    "area",
                    "street_area",
                    "road_kind",
                    "party",
                    "unit",
                    "permit_until",
                    "check_due_on",
                    "domain",
                ],
                condition=Q(live=True),
            ),
            # lists of what is rare among many
            models.Index(fields=["district", "kind", "id"], name="object_ended", condition=Q(live=False)),
            models.Index(
                fields=["district", "kind", "id"], name="object_no_permit", condition=Q(permit_until=None)
            ),
            models.Index(  # whole in the index: a rare flag is looked for among all that have any
                fields=["district", "kind", "id"],
                include=["flags", "live", "state"],
                name="object_flagged",
                condition=Q(flags__len__gt=0),
            ),
            models.Index(
                fields=["merged_into"], name="object_merged", condition=Q(merged_into__isnull=False)
            ),
            models.Index(fields=["party", "id"], name="object_by_party", condition=Q(party__isnull=False)),
            models.Index(  # import finds what is there
                fields=["district", "kind", "source_system", "source_number"],
                name="object_source",
                condition=~Q(source_number=""),
            ),
            models.Index(
                fields=["district", "component_code"],
                name="object_component",
                condition=~Q(component_code=""),
            ),
            GinIndex(fields=["bigrams"], name="object_words"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["district", "number"], name="object_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def life_name(self) -> str:
        """Which of the lives of this table is its own."""
        return self.kind


class Permit(models.Model):
    """A permit or agreement of an object: from, to, conditions; renewed once at most."""

    object = models.ForeignKey(RegisteredObject, on_delete=models.PROTECT, related_name="permits")
    party = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="permits")
    number = models.CharField(max_length=80, blank=True, db_collation="C")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    conditions = models.TextField(blank=True)
    issued_by = models.CharField(max_length=120, blank=True)
    renews = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="renewal")
    # ended before its time: revoked, given back
    ended_on = models.DateField(null=True)
    end_reason = models.TextField(blank=True)
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.BigIntegerField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-starts_on", "-id"]
        indexes = [models.Index(fields=["object", "-starts_on"], name="permit_by_object")]


class PhotoPoint(models.Model):
    """A fixed point from which an object is photographed again and again, at the same angle."""

    object = models.ForeignKey(RegisteredObject, on_delete=models.CASCADE, related_name="photo_points")
    name = models.CharField(max_length=60)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    bearing = models.SmallIntegerField(null=True)  # degrees from north, 0–359
    active = models.BooleanField(default=True)


class ObjectPhoto(models.Model):
    """A photo of an object; public only after masking and release."""

    object = models.ForeignKey(RegisteredObject, on_delete=models.PROTECT, related_name="photos")
    point = models.ForeignKey(PhotoPoint, null=True, on_delete=models.SET_NULL, related_name="photos")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    masked = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    stage = models.CharField(max_length=10)  # before, after, check, record
    taken_at = models.DateTimeField()
    added_by = models.BigIntegerField(null=True)
    added_at = models.DateTimeField()
    released_by = models.BigIntegerField(null=True)
    released_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-taken_at", "-id"]


class ObjectDocument(models.Model):
    """A document of an object: permit scan, agreement, drawing."""

    object = models.ForeignKey(RegisteredObject, on_delete=models.PROTECT, related_name="documents")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)
    added_by = models.BigIntegerField(null=True)
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["-added_at"]


class CheckPlan(models.Model):
    """How often objects of a kind are checked, from a day on. Local practice, set by the district."""

    district = models.ForeignKey(District, on_delete=models.CASCADE)
    kind = models.CharField(max_length=24, db_collation="C")
    checklist = models.CharField(max_length=24, db_collation="C")
    every_days = models.SmallIntegerField()
    reason = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=120, blank=True)
    status = models.CharField(max_length=12, default="unverified")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    changed_by = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["district", "kind"], name="check_plan_by_kind")]


class PartySaid(models.Model):
    """What a party said on its own page: it has corrected, or it objects. It waits until somebody looks.

    `case_id` is the case it is about, if any (cases lie above registers). Nothing closes by itself.
    """

    class Kind(models.TextChoices):
        CORRECTED = "corrected", "corrected"
        OBJECTS = "objects", "objects"

    class Result(models.TextChoices):
        NONE = "", ""
        CLEARED = "cleared", "cleared"
        NOT_YET = "not_yet", "not yet"
        NOTED = "noted", "noted"

    district = models.ForeignKey(District, on_delete=models.PROTECT, db_index=False)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="said")
    object = models.ForeignKey(RegisteredObject, null=True, on_delete=models.PROTECT, related_name="said")
    case_id = models.BigIntegerField(null=True, db_index=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    text = models.CharField(max_length=2000, blank=True)
    files = models.ManyToManyField(StoredFile, related_name="+")
    said_at = models.DateTimeField()
    result = models.CharField(max_length=8, choices=Result.choices, blank=True)
    answer = models.CharField(max_length=500, blank=True)
    answered_by = models.BigIntegerField(null=True)
    answered_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)  # words and photos are gone; that it was said stays

    class Meta:
        indexes = [
            models.Index(  # the desk's list of answers to look at
                fields=["district", "id"], name="said_open", condition=Q(answered_at__isnull=True)
            ),
            models.Index(  # what the nightly erasure looks through
                fields=["district", "answered_at"], name="said_to_erase", condition=Q(erased_at__isnull=True)
            ),
        ]


class LotDraw(models.Model):
    """A draw of free places among applicants, with all that is needed to repeat it.

    `places` and `parties` are the keys that took part, ascending; what was given follows from them
    and the seed, and is told in the history of every place.
    """

    district = models.ForeignKey(District, on_delete=models.PROTECT, db_index=False)
    kind = models.CharField(max_length=40, db_collation="C")
    words = models.CharField(max_length=200)
    seed = models.CharField(max_length=64, db_collation="C")
    places = ArrayField(models.BigIntegerField())
    parties = ArrayField(models.BigIntegerField())
    drawn_at = models.DateTimeField()
    drawn_by = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["district", "kind", "-id"], name="lot_draw_of_kind")]
