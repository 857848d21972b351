"""派遣数 cases dispatched, of a post."""

from chengzhi.analytics.declare import Base, count
from chengzhi.analytics.metric import Words

METRIC = count(
    "dispatcher_dispatched_count",
    Base(
        Words("本期派遣数", "cases dispatched in the period"),
        "dispatched_at",
        lambda t: t.dispatched_by.notnull(),
        lambda row: row["dispatched_by"] is not None,
    ),
    name=Words("派遣数", "Cases dispatched"),
    meaning=Words(
        "派遣员本期派遣的案卷数；评分用人均数。",
        "Cases that dispatchers sent out in the period; points use the number per dispatcher.",
    ),
    holder="dispatched_by",
)
