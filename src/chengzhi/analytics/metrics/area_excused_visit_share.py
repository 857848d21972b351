"""天气不计检查占比 share of visits excused by the weather, of an area."""

from chengzhi.analytics.bases import flagged
from chengzhi.analytics.declare import Base, rate
from chengzhi.analytics.metric import Words

METRIC = rate(
    "area_excused_visit_share",
    flagged("excused", Words("其中因天气不计的次数", "of these, excused by the weather")),
    Base(
        Words("本期检查次数（复查除外）", "visits in the period, but second looks"),
        "visited_at",
        lambda t: t.second == 0,
        lambda row: row["second"] == 0,
        table="visits_flat",
    ),
    name=Words("天气不计检查占比", "Share of visits excused by the weather"),
    meaning=Words(
        "本期检查中，因天气不计入合格率的比例；每次都记明天气。",
        "Of the visits in the period, the share left out of the pass rates because of the weather, which each of them states.",
    ),
    source="本系统口径：不计的须说明并公开比例",
    better="fewer",
)
