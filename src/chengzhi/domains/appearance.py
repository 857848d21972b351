"""城市容貌 City appearance."""

from chengzhi.domains.domain import Checklist, Domain, Filing, Item, Measurement, case_type

DOMAIN = Domain(
    key="appearance",
    number=6,
    name="城市容貌",
    name_en="City appearance",
    lead="立面、街道、绿地，处处看得顺眼。",
    lead_en="Facades, streets and greenery that please the eye.",
    types=(
        case_type(
            "06004",
            Filing("scribble", "涂写刻画", "Scribbled or scratched", "cleaned"),
            Filing("soiled", "污损、剥落", "Stained or peeling", "restored"),
        ),
        case_type("06005"),
        case_type("06006"),
        case_type("06007", Filing("hung", "沿街晾挂", "Washing hung along the street", "removed")),
        case_type("06008"),
        case_type("06009"),
        case_type("06017", Filing("untidy", "绿地脏乱", "Green space untidy", "cleaned")),
        case_type("06018", Filing("left", "绿化弃料未清", "Green waste left behind", "removed")),
        case_type("06019"),
        case_type("06034"),
        case_type("06035"),
        case_type("06036", Filing("piled", "乱堆杂物", "Objects piled", "removed")),
        case_type("06037"),
        case_type("06038", Filing("kept", "擅自饲养家禽家畜", "Poultry or livestock kept", "banned")),
        case_type("06040"),
        case_type("06043"),
        case_type("06044"),
        case_type("06045"),
        case_type("09017"),
    ),
    checklists=(
        Checklist(
            "frontage",
            "门前三包检查",
            "Frontage duties",
            (
                Item("clean", "门前干净", "Clean in front"),
                Item("green", "绿化完好", "Greenery whole"),
                Item("order", "秩序良好", "Good order"),
            ),
        ),
    ),
    measurements=(Measurement("occupied_area", "占用面积", "Area occupied", "m2"),),
    violations=("APP-001", "APP-002", "APP-003", "APP-004", "SAN-003", "GRN-001", "GRN-003"),
    indicators=("closing_rate", "on_time_handling_rate", "rework_rate", "repeat_share"),
)
