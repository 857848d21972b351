"""道路扬尘 Road dust."""

from chengzhi.domains.beside import COLOURS, Alarm, Beside
from chengzhi.domains.domain import PHOTOS, Checklist, Domain, Filing, Item, Measurement, case_type
from chengzhi.domains.kinds import Field, Kind, PermitKind
from chengzhi.domains.words import Word

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
            "工地扬尘检查（六个百分百）",
            "Dust at a building site, six times 100 %",
            (
                Item(
                    "hoarding",
                    "围挡百分百",
                    "Hoarding whole",
                    ("08007", "damaged"),
                    "拍摄破损处",
                    "Where it is broken",
                ),
                Item("covered", "物料堆放百分百覆盖", "Materials covered", ("08006", "untidy")),
                Item("hard_road", "出入口和道路百分百硬化", "Entrance and roads paved", ("08004", "raised")),
                Item(
                    "wheel_wash",
                    "车辆百分百冲洗",
                    "Vehicles washed",
                    ("08012", "muddy"),
                    "拍摄出入口路面",
                    "The road at the entrance",
                ),
                Item("sealed", "渣土车百分百密闭运输", "Trucks sealed", ("08011", "uncovered")),
                Item("wet", "湿法作业百分百", "Wet working", ("08004", "raised")),
                Item("plan", "有扬尘治理方案", "Dust plan in place"),
            ),
        ),
        Checklist(
            "road",
            "道路扬尘检查",
            "Dust on a road",
            (
                Item(
                    "no_spill",
                    "无遗撒、带泥",
                    "No spillage or mud",
                    ("06014", "spilled"),
                    "拍摄污染起止点",
                    "Where the soiled part begins and ends",
                ),
                Item("watered", "按要求洒水降尘", "Watered as planned"),
            ),
            ("silt_load", "soiled_area"),
        ),
    ),
    measurements=(
        Measurement(
            "silt_load",
            "道路积尘负荷",
            "Road silt load",
            "g/m2",
            "measurements/silt_load_grades",
            most=500,
            doubtful=20,
            instrument="silt_sampler",
            opens=("06014", "spilled"),
        ),
        Measurement(
            "soiled_area", "污染路面面积", "Area of road soiled", "m2", most=100_000, doubtful=5000, passes=""
        ),
        Measurement(
            "machine_swept",
            "机械化清扫率",
            "Share swept by machine",
            "share",
            "measurements/sweeping_cover",
            most=1,
            passes="above",
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
    registers=(
        Kind(
            "building_site",
            "建设工地",
            "Building site",
            "GD",
            "area",
            (
                Field(
                    "stage",
                    "施工阶段",
                    "Stage",
                    "choice",
                    choices=(
                        Word("earthwork", "土方", "Earthworks"),
                        Word("structure", "主体", "Structure"),
                        Word("finishing", "装修", "Finishing"),
                        Word("stopped", "停工", "Stopped"),
                    ),
                    required=True,
                    public=True,
                ),
                Field("area", "占地面积", "Area", "number", "m2", least=0, most=5_000_000),
                Field("bare_soil", "裸土面积", "Bare soil", "number", "m2", least=0, most=5_000_000),
                Field("wheel_wash", "冲洗设施", "Wheel wash", "flag"),
                Field("monitor", "扬尘在线监测", "Dust monitor", "flag"),
                Field("ends_on", "计划完工", "Planned end", "date", public=True),
            ),
            party="site",
            permit=PermitKind("建筑垃圾处置核准", "Approval to dispose of building waste"),
            checklists=("site",),
            case_types=("08004", "08007", "08011", "06014"),
            business=True,
        ),
        Kind(
            "truck_route",
            "渣土运输线路",
            "Permitted truck route",
            "XL",
            "line",
            (
                Field("from_place", "起点", "From", required=True, public=True),
                Field("to_place", "终点（消纳场）", "To (disposal site)", required=True, public=True),
                Field("hours", "准行时段", "Permitted hours", public=True),
                Field("trucks", "核准车辆数", "Trucks permitted", "number", "count", least=0, most=10_000),
            ),
            party="haulier",
            permit=PermitKind("渣土运输许可", "Permit to carry building waste"),
            case_types=("06014", "08011", "08012"),
            photo_points=False,
        ),
    ),
    beside=(
        Beside(
            "building_site",
            ("06014", "08011", "08012"),
            "附近在建工地",
            "Active sites nearby",
            ("in_use",),
            facts=("stage",),
        ),
        Beside(
            "truck_route",
            ("06014", "08011", "08012"),
            "附近核准渣土线路",
            "Permitted truck routes nearby",
            ("in_use",),
            facts=("from_place", "to_place", "hours"),
        ),
    ),
    alarms=(Alarm("bad_air", "重污染天气预警", "Bad-air warning", "building_site", "site", COLOURS[1:]),),
)
