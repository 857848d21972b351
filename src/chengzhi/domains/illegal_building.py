"""打击“两违” Illegal land use and building."""

from chengzhi.domains.domain import PHOTOS, Checklist, Domain, Filing, Item, Measurement, case_type, own_type

DOMAIN = Domain(
    key="illegal_building",
    number=9,
    name="打击“两违”",
    name_en="Illegal land use and building",
    lead="早发现、早制止、早拆除，新增零容忍，存量有序清。",
    lead_en="Found early, stopped early: nothing new, and the old cleared in order.",
    types=(
        case_type(
            "06001",
            Filing(
                "under_construction",
                "在建",
                "Under construction",
                "stopped",
                (*PHOTOS, "notice", "measured_area"),
            ),
            Filing("finished", "已建成", "Finished", "demolished", (*PHOTOS, "notice", "measured_area")),
        ),
        case_type(
            "06003",
            Filing("loose", "活动接坡", "Loose ramp", "removed"),
            Filing("fixed", "固定接坡", "Fixed ramp", "demolished"),
        ),
        case_type("08016"),
        own_type(
            "10999",
            Filing(
                "occupied",
                "违法占用土地",
                "Land occupied illegally",
                "corrected",
                (*PHOTOS, "permit", "measured_area"),
            ),
        ),
    ),
    checklists=(
        Checklist(
            "building",
            "两违巡查",
            "Patrol for illegal building",
            (
                Item("permit", "有规划许可", "Has a planning permit"),
                Item("as_permitted", "按许可建设", "Built as permitted"),
                Item("stopped", "停工通知后已停工", "Stopped after the notice"),
            ),
        ),
    ),
    measurements=(
        Measurement("area", "面积", "Area", "m2"),
        Measurement("demolished_area", "拆除面积", "Area demolished", "m2"),
    ),
    violations=("BLD-001", "BLD-002", "BLD-003", "BLD-004", "BLD-005", "LND-001", "LND-002", "LND-005"),
    indicators=("closing_rate", "on_time_handling_rate", "rework_rate", "demolished_area"),
)
