"""以克论净 Cleanliness by grams."""

from chengzhi.domains.domain import Checklist, Domain, Filing, Item, Measurement, case_type
from chengzhi.domains.kinds import Field, Kind, PermitKind
from chengzhi.domains.words import Word

DOMAIN = Domain(
    key="cleanliness",
    number=4,
    name="以克论净",
    name_en="Cleanliness by grams",
    lead="路面干净不干净，称了才知道。",
    lead_en="Whether a road is clean is a matter of weighing.",
    types=(
        case_type("06010", Filing("exposed", "暴露垃圾", "Exposed refuse", "cleaned")),
        case_type(
            "06011",
            Filing("accumulated", "积存垃圾渣土", "Accumulated refuse or construction waste", "removed"),
        ),
        case_type("06012", Filing("dirty", "道路不洁", "Road dirty", "cleaned")),
        case_type("06041"),
        case_type("06042", Filing("full", "垃圾站、箱满溢", "Refuse station or bin overflowing", "cleaned")),
        case_type("03004"),
        case_type(
            "03005",
            Filing("fallen", "倾倒", "Fallen over", "restored"),
            Filing("broken", "破损", "Broken", "replaced"),
            Filing("misplaced", "摆放错位", "Misplaced", "restored"),
        ),
    ),
    checklists=(
        Checklist(
            "five_grams",
            "以克论净检查",
            "Grams of dust",
            (
                Item("swept", "已清扫路段", "Road was swept", ("06012", "dirty")),
                Item("framed", "一平方米取样框", "Frame of one square metre used"),
                Item("weighed", "天平称重", "Weighed on a balance"),
            ),
            ("dust",),
        ),
        Checklist(
            "five_minutes",
            "垃圾滞留检查",
            "Litter dwell",
            (
                Item("timed", "从发现起计时", "Timed from the find"),
                Item("removed", "限时内清除", "Removed within the limit", ("06010", "exposed")),
            ),
            ("litter_dwell", "litter_count"),
        ),
    ),
    measurements=(
        Measurement(
            "dust",
            "积尘",
            "Dust",
            "g/m2",
            "measurements/dust_grams",
            most=2000,
            doubtful=200,
            instrument="balance",
            opens=("06012", "dirty"),
        ),
        Measurement(
            "litter_dwell",
            "垃圾滞留时间",
            "Litter dwell",
            "minutes",
            "measurements/litter_minutes",
            most=1440,
            doubtful=240,
            opens=("06010", "exposed"),
        ),
        Measurement(
            "litter_count",
            "废弃物个数",
            "Pieces of litter",
            "pieces_per_1000_m2",
            "measurements/sweeping_counts",
            most=10_000,
            doubtful=500,
        ),
    ),
    violations=("SAN-001", "SAN-002", "SAN-004", "SAN-005", "WST-001", "WST-002", "WST-003", "WST-004"),
    indicators=("closing_rate", "on_time_handling_rate", "rework_rate", "dust_pass_rate", "litter_pass_rate"),
    registers=(
        Kind(
            "cleaning_section",
            "保洁路段",
            "Cleaning section",
            "BJ",
            "line",
            (
                Field(
                    "grade",
                    "保洁等级",
                    "Grade",
                    "choice",
                    choices=(
                        Word("1", "一级", "1"),
                        Word("2", "二级", "2"),
                        Word("3", "三级", "3"),
                        Word("4", "四级", "4"),
                    ),
                    required=True,
                    public=True,
                ),
                Field("area", "保洁面积", "Area", "number", "m2", least=0, most=5_000_000),
                Field("length", "长度", "Length", "number", "m", least=0, most=100_000),
                Field(
                    "method",
                    "作业方式",
                    "Method",
                    "choice",
                    choices=(
                        Word("machine", "机械", "Machine"),
                        Word("manual", "人工", "Manual"),
                        Word("both", "机扫加人工", "Both"),
                    ),
                ),
            ),
            party="contractor",
            permit=PermitKind("保洁合同", "Cleaning contract", agreement=True),
            checklists=("five_grams", "five_minutes"),
            case_types=("06012", "06010", "06011"),
        ),
        Kind(
            "bin",
            "垃圾箱（桶）",
            "Litter bin",
            "LX",
            "point",
            (
                Field("sorted", "分类收集", "Sorted collection", "flag", public=True),
                Field("volume", "容积", "Volume", "number", "L", least=0, most=20_000),
            ),
            components=("03005",),
            case_types=("03005", "06042"),
            photo_points=False,
        ),
    ),
)
