"""受理数 reports taken in, of a post."""

from chengzhi.analytics.declare import Base, count
from chengzhi.analytics.metric import Words

METRIC = count(
    "intake_clerk_received_count",
    Base(
        Words("本期受理数", "reports taken in during the period"),
        "reported_at",
        lambda t: t.taken_by.notnull(),
        lambda row: row["taken_by"] is not None,
    ),
    name=Words("受理数", "Reports taken in"),
    meaning=Words(
        "受理员本期受理的案卷数；评分用人均数。",
        "Reports that intake clerks took in during the period; points use the number per clerk.",
    ),
    holder="taken_by",
)
