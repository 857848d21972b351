"""城市容貌 City appearance."""

from chengzhi.domains.domain import Checklist, Domain, Filing, Item, Measurement, case_type
from chengzhi.domains.kinds import Field, Kind, PermitKind
from chengzhi.domains.words import Word

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
                Item(
                    "clean",
                    "门前干净",
                    "Clean in front",
                    ("06036", "piled"),
                    "拍摄门前全景",
                    "The whole frontage",
                ),
                Item("green", "绿化完好", "Greenery whole", ("06017", "untidy")),
                Item("order", "秩序良好", "Good order", ("06007", "hung")),
            ),
            ("occupied_area",),
        ),
        Checklist(
            "street",
            "一街一策巡查",
            "Street sheet",
            (
                Item("walls", "立面整洁", "Fronts clean", ("06004", "soiled")),
                Item("wires", "杆线有序", "Poles and wires in order"),
                Item("paving", "铺装平整", "Paving even"),
                Item("green", "绿地整洁", "Green space tidy", ("06017", "untidy")),
                Item("storage", "无乱堆乱放", "Nothing piled", ("06036", "piled")),
            ),
        ),
    ),
    measurements=(
        Measurement("occupied_area", "占用面积", "Area occupied", "m2", most=10_000, doubtful=500, passes=""),
    ),
    violations=("APP-001", "APP-002", "APP-003", "APP-004", "SAN-003", "GRN-001", "GRN-003"),
    indicators=("closing_rate", "on_time_handling_rate", "rework_rate", "repeat_share"),
    registers=(
        Kind(
            "frontage",
            "门前三包责任区",
            "Frontage under agreement",
            "MQ",
            "line",
            (
                Field("length", "临街长度", "Length along the street", "number", "m", least=0, most=5000),
                Field(
                    "duties",
                    "责任内容",
                    "Duties",
                    "choice",
                    choices=(
                        Word("three", "三包（卫生、绿化、秩序）", "Three: clean, green, order"),
                        Word("four", "四包", "Four"),
                        Word("five", "五包", "Five"),
                    ),
                    required=True,
                    public=True,
                ),
                Field("trade", "业态", "Trade", public=True),
            ),
            party="shop",
            permit=PermitKind("门前三包责任书", "Frontage agreement", agreement=True),
            checklists=("frontage",),
            case_types=("06036", "06007", "06017"),
            business=True,
        ),
        Kind(
            "street_sheet",
            "一街一策",
            "Street sheet",
            "JC",
            "line",
            (
                Field("from_place", "起点", "From", public=True),
                Field("to_place", "终点", "To", public=True),
                Field("problem", "主要问题", "Main troubles", public=True),
                Field("measure", "治理措施", "Measures", public=True),
                Field("goal", "目标", "Goal", public=True),
                Field("due_on", "完成期限", "To be done by", "date", public=True),
            ),
            checklists=("street",),
            case_types=("06004", "06036", "06017"),
        ),
    ),
)
