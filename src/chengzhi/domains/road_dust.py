"""道路扬尘 Road dust."""

from chengzhi.domains.domain import PHOTOS, Checklist, Domain, Filing, Item, Measurement, case_type

DOMAIN = Domain(
    key="road_dust",
    number=2,
    name="道路扬尘",
    name_en="Road dust",
    lead="管住工地、管住车轮、管住路面，让扬尘落地。",
    lead_en="Sites, wheels and carriageways kept so that dust stays down.",
    types=(
        case_type("08004", Filing("raised", "未采取降尘措施", "No measures against dust", "corrected")),
        case_type("08005", Filing("left", "施工废弃料未清运", "Construction waste left", "removed")),
        case_type("08006", Filing("untidy", "物料乱堆放", "Materials piled untidily", "corrected")),
        case_type(
            "08007",
            Filing("missing", "围挡缺失", "Hoarding missing", "restored"),
            Filing("damaged", "围挡破损", "Hoarding damaged", "restored"),
            Filing("dirty", "围挡脏污", "Hoarding dirty", "cleaned"),
        ),
        case_type("08008"),
        case_type("08009"),
        case_type("08010"),
        case_type(
            "08011",
            Filing(
                "uncovered", "未密闭运输", "Carrying without a sealed cover", "corrected", (*PHOTOS, "plate")
            ),
        ),
        case_type(
            "08012",
            Filing("muddy", "车轮带泥上路", "On the road with muddy wheels", "corrected", (*PHOTOS, "plate")),
        ),
        case_type("06014", Filing("spilled", "道路遗撒", "Spilled on the road", "cleaned")),
    ),
    checklists=(
        Checklist(
            "site",
            "工地扬尘检查",
            "Dust at a building site",
            (
                Item("plan", "有扬尘治理方案", "Dust plan in place"),
                Item("hoarding", "围挡完整", "Hoarding whole"),
                Item("hard_road", "出入口和道路硬化", "Entrance and roads paved"),
                Item("wheel_wash", "车辆冲洗", "Wheel wash in use"),
                Item("net", "裸土覆盖", "Bare soil covered"),
                Item("covered", "物料覆盖", "Materials covered"),
            ),
        ),
    ),
    measurements=(
        Measurement("silt_load", "道路积尘负荷", "Road silt load", "g/m2", "measurements/silt_load_grades"),
        Measurement("soiled_area", "污染路面面积", "Area of road soiled", "m2"),
        Measurement(
            "machine_swept", "机械化清扫率", "Share swept by machine", "share", "measurements/sweeping_cover"
        ),
    ),
    violations=(
        "DST-001",
        "DST-002",
        "DST-003",
        "DST-004",
        "DST-005",
        "DST-006",
        "SPL-001",
        "SPL-002",
        "SPL-003",
        "CDW-001",
        "CDW-002",
        "CDW-003",
    ),
    indicators=("closing_rate", "on_time_handling_rate", "rework_rate", "repeat_share", "silt_load_share"),
)
