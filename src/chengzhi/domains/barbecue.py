"""露天烧烤 Open-air barbecue."""

from chengzhi.domains.beside import Beside
from chengzhi.domains.domain import PHOTOS, Checklist, Domain, Filing, Item, Measurement, case_type
from chengzhi.domains.kinds import Field, Kind, PermitKind
from chengzhi.domains.words import Word

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
                Item(
                    "indoors",
                    "进店经营，未跨槛",
                    "Trades indoors, not over the threshold",
                    ("06029", "grilling"),
                ),
                Item(
                    "purifier",
                    "油烟净化设施在用",
                    "Fume purifier in use",
                    ("06027", "fume"),
                    "拍摄设施运行状态",
                    "The purifier at work",
                ),
                Item("cleaned", "净化设施按期清洗", "Purifier cleaned in time", ("06027", "fume")),
                Item("waste", "餐厨垃圾规范交运", "Food waste handed over as required"),
                Item(
                    "gas",
                    "燃气软管、阀门、报警器无隐患",
                    "Gas hose, valve and alarm without hazard",
                    hand_over="gas",
                ),
            ),
            ("fume",),
        ),
        Checklist(
            "grill_round",
            "夜间烧烤巡查",
            "Evening round for open-air barbecue",
            (
                Item(
                    "none",
                    "未见露天、跨槛烧烤",
                    "No open-air or over-threshold grilling",
                    ("06029", "grilling"),
                ),
            ),
        ),
    ),
    measurements=(
        Measurement(
            "fume",
            "油烟浓度",
            "Fume concentration",
            "mg/m3",
            most=1000,
            doubtful=50,
            instrument="fume_meter",
            opens=("06027", "fume"),
        ),
    ),
    violations=("BBQ-001", "BBQ-002", "BBQ-003"),
    indicators=("closing_rate", "on_time_handling_rate", "rework_rate", "repeat_share"),
    registers=(
        Kind(
            "grill_shop",
            "烧烤店",
            "Barbecue shop",
            "SK",
            "point",
            (
                Field("purifier", "油烟净化设施", "Fume purifier", "flag", required=True),
                Field("purifier_cleaned_on", "净化设施清洗日期", "Purifier cleaned on", "date"),
                Field(
                    "fuel",
                    "燃料",
                    "Fuel",
                    "choice",
                    choices=(
                        Word("electric", "电", "Electric"),
                        Word("gas", "燃气", "Gas"),
                        Word("charcoal", "木炭", "Charcoal"),
                    ),
                ),
                Field("seats", "座位数", "Seats", "number", "count", least=0, most=5000),
            ),
            party="shop",
            checklists=("grill",),
            case_types=("06029", "06027"),
            business=True,
        ),
        Kind(
            "grill_ban",
            "露天烧烤禁止区域",
            "Area where open-air grilling is banned",
            "JS",
            "area",
            (
                Field("hours", "禁止时段", "Hours", required=True, public=True),
                Field("authority", "划定机关", "Set by", required=True, public=True),
            ),
            permit=PermitKind("划定通告", "Notice that sets it"),
            case_types=("06029",),
            photo_points=False,
        ),
    ),
    beside=(
        Beside(
            "grill_ban",
            ("06029",),
            "此处的禁止通告",
            "Bans in force here",
            ("in_use",),
            how="around",
            facts=("hours", "authority"),
        ),
        Beside("grill_shop", ("06029", "06027"), "附近烧烤店", "Barbecue shops nearby", within=200),
    ),
)
