"""准确派遣率 accurate dispatch rate, of a post."""

from chengzhi.analytics.bases import DISPATCH_DUE
from chengzhi.analytics.declare import Part, rate
from chengzhi.analytics.metric import Words

METRIC = rate(
    "dispatcher_accurate_dispatch_rate",
    Part(
        Words("派遣数减返工、错派数", "cases dispatched less those reworked or sent wrong"),
        lambda t, w: (t.dispatched_at < w.end) & (t.reworks == 0) & (t.misdispatches == 0),
        lambda row, w: (
            row["dispatched_at"] is not None
            and row["dispatched_at"] < w.end
            and row["reworks"] == 0
            and row["misdispatches"] == 0
        ),
    ),
    DISPATCH_DUE,
    name=Words("准确派遣率", "Accurate dispatch rate"),
    meaning=Words(
        "本期应派遣的案卷中，已派遣且无返工、无错派的比例。",
        "Of the cases due for dispatch in the period, the share dispatched before it ended without rework or wrong dispatch.",
    ),
    holder="dispatched_by",
)
