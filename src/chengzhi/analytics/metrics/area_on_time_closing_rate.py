"""按期结案率 on-time closing rate, of an area."""

from chengzhi.analytics.bases import CLOSING_DUE, in_time_or_excused
from chengzhi.analytics.declare import rate
from chengzhi.analytics.metric import Words

METRIC = rate(
    "area_on_time_closing_rate",
    in_time_or_excused(
        "closed_at", "close_due", Words("其中按期结案数", "of these, closed by their deadline")
    ),
    CLOSING_DUE,
    name=Words("按期结案率", "On-time closing rate"),
    meaning=Words(
        "本期应结案的案卷中，在时限内结案的比例；超期申诉获准的视为按期。",
        "Of the cases due for closing in the period, the share closed by the deadline; an excused delay counts as in time.",
    ),
)
