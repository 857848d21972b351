"""广告治理 Advertising."""

from chengzhi.domains.beside import COLOURS, Alarm
from chengzhi.domains.domain import PHOTOS, Checklist, Domain, Filing, Item, Measurement, case_type
from chengzhi.domains.kinds import Field, Kind, PermitKind
from chengzhi.domains.words import Word

DOMAIN = Domain(
    key="advertising",
    number=1,
    name="广告治理",
    name_en="Advertising",
    lead="户外广告、招牌、小广告，安全、合规、不乱。",
    lead_en="Outdoor advertising, shop signs and small advertisements: safe, permitted, in order.",
    types=(
        case_type(
            "07001", Filing("posted", "张贴、喷涂、散布小广告", "Posted, sprayed or scattered", "removed")
        ),
        case_type("07002"),
        case_type(
            "07003",
            Filing(
                "box_or_screen",
                "违规灯箱、屏幕",
                "Illegal light box or screen",
                "demolished",
                (*PHOTOS, "permit"),
            ),
            Filing(
                "pole_wall_roof",
                "违规立柱、墙面、楼顶广告",
                "Illegal pole, wall or roof advertising",
                "demolished",
                (*PHOTOS, "permit", "photo_wide"),
            ),
        ),
        case_type("07004"),
        case_type(
            "07006",
            Filing(
                "illegal_sign",
                "违规设置牌匾标识",
                "Shop sign against the rules",
                "corrected",
                (*PHOTOS, "permit"),
            ),
        ),
        case_type(
            "07007",
            Filing("hung", "违规悬挂、张贴标语宣传品", "Banner or slogan hung without permission", "removed"),
        ),
        case_type("07008"),
        case_type("03006"),
        case_type("03007"),
    ),
    checklists=(
        Checklist(
            "signs",
            "户外广告和招牌检查",
            "Outdoor advertising and shop signs",
            (
                Item("permitted", "有设置许可", "Permitted", ("07003", "box_or_screen")),
                Item(
                    "fixed",
                    "安装牢固，有安全检查记录",
                    "Firmly fixed, with a safety record",
                    ("07003", "pole_wall_roof"),
                    "拍摄固定点，供复查比对",
                    "The fixing, to compare at the next check",
                ),
                Item(
                    "escape",
                    "不遮挡逃生、消防通道",
                    "Does not block escape or fire access",
                    ("07003", "pole_wall_roof"),
                ),
                Item("neighbours", "不影响相邻采光通风", "Does not hinder neighbours"),
                Item("whole", "画面完整、亮灯完好", "Whole and lit", ("07006", "illegal_sign")),
                Item("one_sign", "一店一招", "One sign per shop", ("07006", "illegal_sign")),
            ),
            ("projection", "clearance"),
        ),
    ),
    measurements=(
        Measurement("projection", "挑出距离", "Projection", "m", most=30, doubtful=5),
        Measurement("clearance", "底部净高", "Clearance below", "m", most=100, passes="above"),
    ),
    violations=("ADV-001", "ADV-002", "ADV-003", "ADV-004", "ADV-005"),
    indicators=("closing_rate", "on_time_handling_rate", "rework_rate", "repeat_share"),
    registers=(
        Kind(
            "sign",
            "户外广告设施",
            "Outdoor advertising",
            "GG",
            "point",
            (
                Field(
                    "form",
                    "设置形式",
                    "Form",
                    "choice",
                    choices=(
                        Word("attached", "附属式", "Attached"),
                        Word("free_standing", "独立式", "Free-standing"),
                        Word("mobile", "移动式", "Mobile"),
                    ),
                    required=True,
                    public=True,
                ),
                Field(
                    "carrier",
                    "载体",
                    "Carrier",
                    "choice",
                    choices=(
                        Word("wall", "墙面", "Wall"),
                        Word("roof", "楼顶", "Roof"),
                        Word("pole", "立柱", "Pole"),
                        Word("screen", "电子显示屏", "Screen"),
                        Word("box", "灯箱", "Light box"),
                    ),
                ),
                Field("area", "面积", "Area", "number", "m2", least=0, most=5000),
                Field("height", "离地高度", "Height above ground", "number", "m", least=0, most=300),
                Field("safety_checked_on", "安全检查日期", "Safety check on", "date"),
                Field("storm_risk", "大风重点", "Watched in storms", "flag"),
            ),
            party="advertiser",
            permit=PermitKind("户外广告设置许可", "Outdoor advertising permit"),
            checklists=("signs",),
            components=("03006",),
            case_types=("07003", "03006"),
            business=True,
        ),
        Kind(
            "shop_sign",
            "店铺招牌",
            "Shop sign",
            "ZP",
            "point",
            (
                Field("text", "招牌文字", "Words on the sign", required=True, public=True),
                Field("signs", "招牌数", "Number of signs", "number", "count", least=0, most=50),
                Field("projection", "挑出距离", "Projection", "number", "m", least=0, most=30),
            ),
            party="shop",
            permit=PermitKind("招牌备案", "Shop sign filing"),
            checklists=("signs",),
            components=("03006",),
            case_types=("07006",),
            business=True,
        ),
    ),
    alarms=(Alarm("storm", "大风预警", "Storm warning", "sign", "signs", COLOURS, only="storm_risk"),),
    number_types=("07001",),
)
