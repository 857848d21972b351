"""积尘合格率 dust pass rate, of an area."""

from chengzhi.analytics.bases import fair_look, flagged, is_fair_look
from chengzhi.analytics.declare import Base, rate
from chengzhi.analytics.metric import Words

METRIC = rate(
    "area_dust_pass_rate",
    flagged("passed", Words("其中不超过限值的次数", "of these, within the limit")),
    Base(
        Words(
            "本期积尘检测次数（复查和天气不计的除外）",
            "dust readings in the period, but second looks and excused ones",
        ),
        "measured_at",
        lambda t: (t.measurement == "dust") & fair_look(t),
        lambda row: row["measurement"] == "dust" and is_fair_look(row),
        table="readings_flat",
    ),
    name=Words("积尘合格率", "Dust pass rate"),
    meaning=Words(
        "本期以克论净称重中，不超过当时当地限值的比例；因天气不计的另计。",
        "Of the weighings of dust in the period, the share within the limit of the place and day; those excused by the weather are counted apart.",
    ),
    source="以克论净：地方实践，限值由各区设定",
)
