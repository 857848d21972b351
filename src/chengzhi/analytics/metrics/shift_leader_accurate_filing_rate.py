"""准确立案率 accurate filing rate, of a post."""

from chengzhi.analytics.declare import Base, Part, rate
from chengzhi.analytics.metric import Words

METRIC = rate(
    "shift_leader_accurate_filing_rate",
    Part(
        Words("立案数减作废数", "cases filed less those voided"),
        lambda t, w: t.void == 0,
        lambda row, w: row["void"] == 0,
    ),
    Base(
        Words("本期立案数", "cases filed in the period"),
        "filed_at",
        lambda t: (t.filed_at > t.reported_at) & t.filed_by.notnull(),
        lambda row: row["filed_by"] is not None and row["filed_at"] > row["reported_at"],
    ),
    name=Words("准确立案率", "Accurate filing rate"),
    meaning=Words(
        "值班长本期立案的案卷中，后来未作废的比例；上报即立案的不计。",
        "Of the cases that shift leaders filed in the period, the share not voided later; cases filed the moment they were reported are left out.",
    ),
    holder="filed_by",
)
