"""垃圾滞留合格率 litter pass rate, of an area."""

from chengzhi.analytics.bases import fair_look, flagged, is_fair_look
from chengzhi.analytics.declare import Base, rate
from chengzhi.analytics.metric import Words

METRIC = rate(
    "area_litter_pass_rate",
    flagged("passed", Words("其中不超过限值的次数", "of these, within the limit")),
    Base(
        Words(
            "本期垃圾滞留检测次数（复查和天气不计的除外）",
            "litter timings in the period, but second looks and excused ones",
        ),
        "measured_at",
        lambda t: (t.measurement == "litter_dwell") & fair_look(t),
        lambda row: row["measurement"] == "litter_dwell" and is_fair_look(row),
        table="readings_flat",
    ),
    name=Words("垃圾滞留合格率", "Litter pass rate"),
    meaning=Words(
        "本期垃圾滞留计时中，不超过当时当地限值的比例；因天气不计的另计。",
        "Of the timings of litter in the period, the share within the limit of the place and day; those excused by the weather are counted apart.",
    ),
    source="以克论净：地方实践，限值由各区设定",
)
