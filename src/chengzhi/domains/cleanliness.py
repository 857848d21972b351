"""以克论净 Cleanliness by grams."""

from chengzhi.domains.domain import Checklist, Domain, Filing, Item, Measurement, case_type

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
                Item("swept", "已清扫路段", "Road was swept"),
                Item("framed", "一平方米取样框", "Frame of one square metre used"),
                Item("weighed", "天平称重", "Weighed on a balance"),
            ),
        ),
        Checklist(
            "five_minutes",
            "垃圾滞留检查",
            "Litter dwell",
            (
                Item("timed", "从发现起计时", "Timed from the find"),
                Item("removed", "限时内清除", "Removed within the limit"),
            ),
        ),
    ),
    measurements=(
        Measurement("dust", "积尘", "Dust", "g/m2", "measurements/dust_grams"),
        Measurement("litter_dwell", "垃圾滞留时间", "Litter dwell", "minutes", "measurements/litter_minutes"),
        Measurement(
            "litter_count",
            "废弃物个数",
            "Pieces of litter",
            "pieces_per_1000_m2",
            "measurements/sweeping_counts",
        ),
    ),
    violations=("SAN-001", "SAN-002", "SAN-004", "SAN-005", "WST-001", "WST-002", "WST-003", "WST-004"),
    indicators=("closing_rate", "on_time_handling_rate", "rework_rate", "dust_pass_rate", "litter_pass_rate"),
)
