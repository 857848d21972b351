"""“五车”治理 Five vehicles."""

from chengzhi.domains.domain import PHOTOS, Checklist, Domain, Filing, Item, Measurement, case_type, own_type
from chengzhi.domains.kinds import Course, Field, Kind, PermitKind, Term, Turn
from chengzhi.domains.words import Word

HELD_COURSE = Course(
    states={
        "held": ("在库", "Held"),
        "to_return": ("待领取", "To be collected"),
        "returned": ("已返还", "Returned"),
        "handed_over": ("已移交", "Handed over"),
    },
    start="held",
    ends=frozenset({"returned", "handed_over"}),
    live=frozenset({"held", "to_return"}),
    turns=(
        Turn(
            "release",
            "解除暂扣",
            "Release",
            ("held",),
            "to_return",
            "{who}解除暂扣，通知领取。",
            "{who} released it and told the owner to collect it.",
        ),
        Turn(
            "return",
            "返还",
            "Return",
            ("held", "to_return"),
            "returned",
            "{who}返还车辆，回执 {receipt}。",
            "{who} returned it, receipt {receipt}.",
            wants=("receipt",),
        ),
        Turn(
            "hand_over",
            "移交",
            "Hand over",
            ("held",),
            "handed_over",
            "{who}移交{authority}，回执 {receipt}。",
            "{who} handed it over to {authority}, receipt {receipt}.",
            wants=("authority", "receipt"),
        ),
    ),
)
# No field for a disability: wheelchair users are led to help, nothing about them is kept.

DOMAIN = Domain(
    key="five_vehicles",
    number=7,
    name="“五车”治理",
    name_en="Five vehicles",
    lead="三轮车、残疾人机动轮椅车、两轮摩托车、小客车、农用车，依法上路，不违规营运。",
    lead_en="Three-wheelers, motor wheelchairs, motorcycles, vans and farm vehicles: on the road by the law, not for illegal hire.",
    types=(
        own_type(
            "09999",
            Filing("on_road", "非法上路", "On the road illegally", "corrected", (*PHOTOS, "plate")),
            Filing(
                "for_hire",
                "非法载客、载货营运",
                "Carrying passengers or goods illegally",
                "stopped",
                (*PHOTOS, "plate"),
            ),
        ),
        case_type("09009"),
        case_type("09010", Filing("parked", "乱停放", "Parked illegally", "restored")),
        case_type("09011"),
        case_type("09014"),
        case_type("09018"),
    ),
    checklists=(
        Checklist(
            "patrol",
            "“五车”巡查",
            "Patrol for the five vehicles",
            (
                Item("plated", "有牌有证", "Plated and licensed", ("09999", "on_road")),
                Item("not_for_hire", "未非法营运", "Not for illegal hire", ("09999", "for_hire")),
                Item("parked", "停放有序", "Parked in order", ("09010", "parked")),
            ),
            ("count",),
        ),
    ),
    measurements=(Measurement("count", "辆数", "Vehicles", "count", most=10_000, doubtful=200, passes=""),),
    violations=("VEH-001", "VEH-002", "PRK-001", "PRK-002", "PRK-003", "ROD-009"),
    indicators=("closing_rate", "on_time_handling_rate", "rework_rate", "repeat_share"),
    registers=(
        Kind(
            "held_vehicle",
            "暂扣车辆",
            "Held vehicle",
            "ZK",
            "point",
            (
                Field(
                    "vehicle",
                    "车种",
                    "Vehicle",
                    "choice",
                    choices=(
                        Word("three_wheeler", "三轮车", "Three-wheeler"),
                        Word("wheelchair_vehicle", "残疾人机动轮椅车", "Motor wheelchair vehicle"),
                        Word("motorcycle", "两轮摩托车", "Motorcycle"),
                        Word("van", "小客车（面包车）", "Van"),
                        Word("farm", "农用车辆", "Farm vehicle"),
                    ),
                    required=True,
                ),
                Field("plate", "车牌（或车架号末六位）", "Plate, or last six of the frame number"),
                Field("slip", "暂扣单号", "Slip number", required=True),
                Field("held_on", "暂扣日期", "Held on", "date", required=True),
                Field(
                    "held_by",
                    "暂扣机关",
                    "Held by",
                    "choice",
                    choices=(
                        Word("bureau", "城管", "Bureau"),
                        Word("police", "公安交管", "Traffic police"),
                        Word("transport", "交通运输", "Transport"),
                    ),
                    required=True,
                ),
                Field("basis", "依据条款", "Legal basis", required=True),
                Field("yard", "停放场", "Yard"),
            ),
            party="owner",
            permit=PermitKind(
                "暂扣期限",
                "Holding term",
                term=Term("held_on", "registers/held_days", "registers/held_extension_days"),
            ),
            photo_points=False,
            public=False,
            sensitive=True,
            course=HELD_COURSE,
            case_types=("09999",),
        ),
    ),
)
