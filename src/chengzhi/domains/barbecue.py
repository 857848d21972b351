"""露天烧烤 Open-air barbecue."""

from chengzhi.domains.domain import PHOTOS, Checklist, Domain, Filing, Item, Measurement, case_type

DOMAIN = Domain(
    key="barbecue",
    number=3,
    name="露天烧烤",
    name_en="Open-air barbecue",
    lead="疏堵结合，进店经营，还街坊一口清气。",
    lead_en="Grills move indoors, and the neighbours can breathe.",
    types=(
        case_type(
            "06029",
            Filing(
                "grilling",
                "露天烧烤、跨槛烧烤",
                "Grilling in the open or over the threshold",
                "stopped",
                (*PHOTOS, "fixed_shop"),
            ),
        ),
        case_type("06027", Filing("fume", "油烟直排", "Fume let out without treatment", "corrected")),
    ),
    checklists=(
        Checklist(
            "grill",
            "烧烤店检查",
            "Barbecue shop",
            (
                Item("indoors", "进店经营，未跨槛", "Trades indoors, not over the threshold"),
                Item("purifier", "油烟净化设施在用", "Fume purifier in use"),
                Item("cleaned", "净化设施按期清洗", "Purifier cleaned in time"),
                Item("waste", "餐厨垃圾规范交运", "Food waste handed over as required"),
            ),
        ),
    ),
    measurements=(Measurement("fume", "油烟浓度", "Fume concentration", "mg/m3"),),
    violations=("BBQ-001", "BBQ-002", "BBQ-003"),
    indicators=("closing_rate", "on_time_handling_rate", "rework_rate", "repeat_share"),
)
