"""“五车”治理 Five vehicles."""

from chengzhi.domains.domain import PHOTOS, Checklist, Domain, Filing, Item, Measurement, case_type, own_type

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
                Item("plated", "有牌有证", "Plated and licensed"),
                Item("not_for_hire", "未非法营运", "Not for illegal hire"),
                Item("parked", "停放有序", "Parked in order"),
            ),
        ),
    ),
    measurements=(Measurement("count", "辆数", "Vehicles", "count"),),
    violations=("VEH-001", "VEH-002", "PRK-001", "PRK-002", "PRK-003", "ROD-009"),
    indicators=("closing_rate", "on_time_handling_rate", "rework_rate", "repeat_share"),
)
