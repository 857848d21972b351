"""按时立案率 on-time filing rate, of a post."""

from chengzhi.analytics.bases import in_time
from chengzhi.analytics.declare import Base, rate
from chengzhi.analytics.metric import Words

METRIC = rate(
    "shift_leader_on_time_filing_rate",
    in_time("filed_at", "file_due", Words("其中按时立案数", "of these, filed in time")),
    Base(
        Words("本期立案数", "cases filed in the period"),
        "filed_at",
        lambda t: (t.filed_at > t.reported_at) & t.filed_by.notnull() & t.file_due.notnull(),
        lambda row: (
            row["filed_by"] is not None
            and row["file_due"] is not None
            and row["filed_at"] > row["reported_at"]
        ),
    ),
    name=Words("按时立案率", "On-time filing rate"),
    meaning=Words(
        "值班长本期立案的案卷中，在立案时限内立案的比例；无立案时限的（如导入）和上报即立案的不计。",
        "Of the cases that shift leaders filed in the period, the share filed by the filing deadline; cases without such a clock (imports) or filed the moment they were reported are left out.",
    ),
    holder="filed_by",
)
