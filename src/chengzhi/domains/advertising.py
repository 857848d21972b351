"""广告治理 Advertising."""

from chengzhi.domains.domain import PHOTOS, Checklist, Domain, Filing, Item, Measurement, case_type

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
                Item("permitted", "有设置许可", "Permitted"),
                Item("fixed", "安装牢固，有安全检查记录", "Firmly fixed, with a safety record"),
                Item("escape", "不遮挡逃生、消防通道", "Does not block escape or fire access"),
                Item("neighbours", "不影响相邻采光通风", "Does not hinder neighbours"),
                Item("whole", "画面完整、亮灯完好", "Whole and lit"),
                Item("one_sign", "一店一招", "One sign per shop"),
            ),
        ),
    ),
    measurements=(
        Measurement("projection", "挑出距离", "Projection", "m"),
        Measurement("clearance", "底部净高", "Clearance below", "m"),
    ),
    violations=("ADV-001", "ADV-002", "ADV-003", "ADV-004", "ADV-005"),
    indicators=("closing_rate", "on_time_handling_rate", "rework_rate", "repeat_share"),
)
