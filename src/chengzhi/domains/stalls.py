"""马路市场（夜市）占道经营 Street and night markets."""

from chengzhi.domains.beside import Beside, Demand
from chengzhi.domains.domain import PHOTOS, Checklist, Domain, Filing, Item, Measurement, case_type
from chengzhi.domains.kinds import Course, Field, Kind, PermitKind, Turn

STALL_COURSE = Course(
    states={
        "consulted": ("征求意见", "Consultation"),
        "free": ("空闲", "Free"),
        "drawn": ("已摇号待签约", "Drawn, agreement to sign"),
        "agreed": ("已签约待检查", "Agreed, safety check to pass"),
        "in_use": ("经营中", "In use"),
        "removed": ("已撤销", "Given up"),
    },
    start="consulted",
    ends=frozenset({"removed"}),
    live=frozenset({"free", "drawn", "agreed", "in_use"}),
    turns=(
        Turn(
            "set_up",
            "设立",
            "Set up",
            ("consulted",),
            "free",
            "{who}征求意见后设立：{reason}。",
            "{who} set it up after the consultation: {reason}.",
            wants=("reason",),
        ),
        Turn(
            "draw",
            "摇号分配",
            "Give by lot",
            ("free",),
            "drawn",
            "{who}按摇号结果分配给{party}，抽签 {lot_draw}。",
            "{who} gave it to {party} as drawn, draw {lot_draw}.",
            wants=("party", "lot_draw"),
        ),
        Turn(
            "agree",
            "签订协议",
            "Sign the agreement",
            ("drawn",),
            "agreed",
            "{who}签订协议。",
            "{who} signed the agreement.",
            needs=("has_agreement",),
        ),
        Turn(
            "pass_safety",
            "燃气消防检查合格",
            "Gas and fire check passed",
            ("agreed",),
            "in_use",
            "{who}确认燃气消防检查合格。",
            "{who} confirmed that the gas and fire check was passed.",
            needs=("safety_checked",),
            checklist="stall_safety",
        ),
        Turn(
            "leave",
            "退出",
            "Leave",
            ("drawn", "agreed", "in_use"),
            "free",
            "{who}登记退出：{reason}。",
            "{who} recorded that the holder left: {reason}.",
            wants=("reason",),
            clears=("party",),
        ),
        Turn(
            "relocate",
            "迁移",
            "Relocate",
            ("in_use",),
            "free",
            "{who}将摊主迁至 {alternative}：{reason}。",
            "{who} moved the holder to {alternative}: {reason}.",
            wants=("alternative", "reason"),
            needs=("alternative_is_free",),
            clears=("party",),
        ),
        Turn(
            "move_in",
            "迁入",
            "Move in",
            ("free",),
            "drawn",
            "{who}将 {alternative} 的摊主 {party} 迁入。",
            "{who} moved in {party} from {alternative}.",
            wants=("party", "alternative"),
        ),
        Turn(
            "remove",
            "撤销",
            "Give up the place",
            ("consulted", "free"),
            "removed",
            "{who}撤销：{reason}。",
            "{who} gave the place up: {reason}.",
            wants=("reason",),
        ),
    ),
)

DOMAIN = Domain(
    key="stalls",
    number=8,
    name="马路市场（夜市）占道经营",
    name_en="Street and night markets",
    lead="摊点有位、夜市有序、道路畅通。",
    lead_en="Stalls have their place, night markets their order, and the road stays free.",
    types=(
        case_type(
            "09001",
            Filing(
                "hawking", "无照流动经营", "Hawking without licence", "corrected", (*PHOTOS, "fixed_shop")
            ),
        ),
        case_type(
            "09002",
            Filing(
                "disorder", "超范围、超时、脏乱、噪声", "Outside place or hours, untidy or noisy", "corrected"
            ),
        ),
        case_type("09004"),
        case_type(
            "09005",
            Filing(
                "outside",
                "店铺超出门窗、外墙经营",
                "Shop trading beyond its door line",
                "corrected",
                (*PHOTOS, "fixed_shop"),
            ),
        ),
        case_type(
            "09006",
            Filing(
                "occupying",
                "无固定店铺占道摆卖",
                "Stall without a shop on the road",
                "corrected",
                (*PHOTOS, "fixed_shop"),
            ),
        ),
        case_type("09015"),
        case_type("09020"),
        case_type("09021"),
        case_type("09022"),
    ),
    checklists=(
        Checklist(
            "market",
            "夜市、便民摊点检查",
            "Night market or stall point",
            (
                Item("place", "在划定地点", "In its place", ("09006", "occupying")),
                Item("hours", "在规定时间", "In its hours", ("09002", "disorder")),
                Item("range", "未超范围", "Within its range", ("09006", "occupying")),
                Item(
                    "tidy",
                    "摊收地净",
                    "Tidy",
                    ("09002", "disorder"),
                    "拍摄收摊后地面",
                    "The ground after trading",
                ),
                Item("noise", "不扰民", "No noise nuisance", ("09002", "disorder")),
                Item("tactile", "未占盲道", "Tactile paving free", ("09006", "occupying")),
            ),
            ("stalls", "occupied_road"),
        ),
        Checklist(
            "stall_safety",
            "疏导点燃气消防检查",
            "Gas and fire check of a stall place",
            (
                Item("gas", "燃气设施无隐患", "Gas without hazard", hand_over="gas"),
                Item("fire", "灭火器有效", "Extinguisher in date", hand_over="fire"),
                Item("wires", "用电安全", "Wiring safe"),
            ),
        ),
    ),
    measurements=(
        Measurement("stalls", "摊位数", "Stalls", "count", most=5000, passes=""),
        Measurement(
            "occupied_road", "占道面积", "Road occupied", "m2", most=50_000, doubtful=2000, passes=""
        ),
    ),
    violations=("STL-001", "STL-002", "STL-003", "STL-004", "STL-005", "STL-006", "STL-007"),
    indicators=("closing_rate", "on_time_handling_rate", "rework_rate", "repeat_share"),
    registers=(
        Kind(
            "stall_place",
            "便民疏导点摊位",
            "Guided stall place",
            "TW",
            "point",
            (
                Field("market", "疏导点", "Market", required=True, public=True),
                Field("lot", "摊位号", "Lot", required=True, public=True),
                Field("area", "面积", "Area", "number", "m2", least=0, most=200, public=True),
                Field("hours", "经营时段", "Hours", public=True),
                Field("trade", "经营品类", "Trade", public=True),
                Field("gas", "使用燃气", "Uses gas", "flag"),
            ),
            party="stallholder",
            permit=PermitKind("摊位协议", "Stall agreement", agreement=True),
            checklists=("market", "stall_safety"),
            case_types=("09002", "09006"),
            # What is seen from the public way is no visit to a business.
            course=STALL_COURSE,
        ),
    ),
    beside=(
        Beside(
            "stall_place",
            ("09001", "09002", "09005", "09006"),
            "最近的空闲疏导点摊位",
            "Nearest free stall places",
            ("free",),
            within=3000,
            facts=("market", "lot", "hours"),
        ),
    ),
    demand=Demand("stall_place", ("09001", "09006"), ("free",)),
)
