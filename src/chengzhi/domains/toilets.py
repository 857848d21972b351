"""公厕管理 Public toilets."""

from chengzhi.domains.domain import Checklist, Domain, Filing, Item, Measurement, case_type

DOMAIN = Domain(
    key="toilets",
    number=5,
    name="公厕管理",
    name_en="Public toilets",
    lead="按时开放、干净无味、人人能用。",
    lead_en="Open on time, clean, without smell, usable by all.",
    types=(
        case_type(
            "03001",
            Filing("dirty", "不洁、有异味（含周边5米）", "Dirty or smelling, 5 m around included", "cleaned"),
            Filing(
                "closed",
                "未按时开放、无厕纸皂液、无人值守",
                "Closed, without consumables or attendant",
                "restored",
            ),
            Filing("fittings", "设施损坏", "Fittings broken", "replaced"),
            Filing("no_barrier_free", "无障碍设施缺失", "No barrier-free facility", "restored"),
        ),
        case_type("03002"),
        case_type("03003"),
    ),
    checklists=(
        Checklist(
            "toilet",
            "公厕检查",
            "Public toilet",
            (
                Item("open", "按时开放", "Open on time"),
                Item("attendant", "有人值守", "Attendant present"),
                Item("consumables", "有厕纸、皂液", "Soap and paper at hand"),
                Item("clean", "干净，含周边5米", "Clean, 5 m around included"),
                Item("odour", "无明显异味", "No clear odour"),
                Item("tools", "工具摆放整齐", "Tools stowed"),
                Item("fittings", "设施完好", "Fittings whole"),
                Item("sign", "指示牌完好", "Sign whole"),
                Item("barrier_free", "无障碍设施可用", "Barrier-free facility usable"),
            ),
        ),
    ),
    measurements=(
        Measurement("ammonia", "氨", "Ammonia", "mg/m3", "measurements/toilet_hygiene"),
        Measurement("hydrogen_sulfide", "硫化氢", "Hydrogen sulfide", "mg/m3", "measurements/toilet_hygiene"),
        Measurement("odour", "臭味强度", "Odour grade", "grade", "measurements/toilet_hygiene"),
        Measurement("flies", "成蝇数", "Adult flies", "count", "measurements/toilet_hygiene"),
        Measurement("places", "女男厕位比", "Female to male places", "ratio", "measurements/toilet_places"),
    ),
    violations=("TOI-001", "TOI-002", "TOI-003"),
    indicators=("closing_rate", "on_time_handling_rate", "rework_rate", "toilet_pass_rate"),
)
