"""公厕检查合格率 toilet pass rate, of an area."""

from chengzhi.analytics.bases import fair_look, flagged, is_fair_look
from chengzhi.analytics.declare import Base, rate
from chengzhi.analytics.metric import Words

METRIC = rate(
    "area_toilet_pass_rate",
    flagged("passed", Words("其中各项均合格的次数", "of these, with everything in order")),
    Base(
        Words(
            "本期公厕检查次数（复查和天气不计的除外）",
            "toilet visits in the period, but second looks and excused ones",
        ),
        "visited_at",
        lambda t: (t.checklist == "toilet") & fair_look(t),
        lambda row: row["checklist"] == "toilet" and is_fair_look(row),
        table="visits_flat",
    ),
    name=Words("公厕检查合格率", "Toilet pass rate"),
    meaning=Words(
        "本期公厕检查中，检查项和测量值全部合格的比例。",
        "Of the visits to public toilets in the period, the share in which every item and value was in order.",
    ),
    source="公厕检查：检查项为地方实践，限值由各区设定",
)
