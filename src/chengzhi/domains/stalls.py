"""马路市场（夜市）占道经营 Street and night markets."""

from chengzhi.domains.domain import PHOTOS, Checklist, Domain, Filing, Item, Measurement, case_type

DOMAIN = Domain(
    key="stalls",
    number=8,
    name="马路市场（夜市）占道经营",
    name_en="Street and night markets",
    lead="摊点有位、夜市有序、道路畅通。",
    lead_en="Stalls have their place, night markets their order, and the road stays free.",
    types=(
        case_type(
            "09001",
            Filing(
                "hawking", "无照流动经营", "Hawking without licence", "corrected", (*PHOTOS, "fixed_shop")
            ),
        ),
        case_type(
            "09002",
            Filing(
                "disorder", "超范围、超时、脏乱、噪声", "Outside place or hours, untidy or noisy", "corrected"
            ),
        ),
        case_type("09004"),
        case_type(
            "09005",
            Filing(
                "outside",
                "店铺超出门窗、外墙经营",
                "Shop trading beyond its door line",
                "corrected",
                (*PHOTOS, "fixed_shop"),
            ),
        ),
        case_type(
            "09006",
            Filing(
                "occupying",
                "无固定店铺占道摆卖",
                "Stall without a shop on the road",
                "corrected",
                (*PHOTOS, "fixed_shop"),
            ),
        ),
        case_type("09015"),
        case_type("09020"),
        case_type("09021"),
        case_type("09022"),
    ),
    checklists=(
        Checklist(
            "market",
            "夜市、便民摊点检查",
            "Night market or stall point",
            (
                Item("place", "在划定地点", "In its place"),
                Item("hours", "在规定时间", "In its hours"),
                Item("range", "未超范围", "Within its range"),
                Item("tidy", "摊收地净", "Tidy"),
                Item("noise", "不扰民", "No noise nuisance"),
                Item("tactile", "未占盲道", "Tactile paving free"),
            ),
        ),
    ),
    measurements=(
        Measurement("stalls", "摊位数", "Stalls", "count"),
        Measurement("occupied_area", "占道面积", "Road occupied", "m2"),
    ),
    violations=("STL-001", "STL-002", "STL-003", "STL-004", "STL-005", "STL-006", "STL-007"),
    indicators=("closing_rate", "on_time_handling_rate", "rework_rate", "repeat_share"),
)
