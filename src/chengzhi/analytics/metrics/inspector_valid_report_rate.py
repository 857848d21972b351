"""有效上报率 valid report rate, of a post."""

from chengzhi.analytics.bases import before_end
from chengzhi.analytics.declare import Base, rate
from chengzhi.analytics.metric import Words

METRIC = rate(
    "inspector_valid_report_rate",
    before_end("filed_at", Words("其中有效上报（已立案）数", "of these, filed")),
    Base(
        Words("本期上报数", "reports by inspectors in the period"),
        "reported_at",
        lambda t: (t.patrol == 1) & (t.self_handled == 0) & t.reported_by.notnull(),
        lambda row: row["patrol"] == 1 and row["self_handled"] == 0 and row["reported_by"] is not None,
    ),
    name=Words("有效上报率", "Valid report rate"),
    meaning=Words(
        "监督员本期上报的问题中，期末前已立案（含立案后作废）的比例；自处理的不计。",
        "Of what inspectors reported in the period, the share filed before it ended (later voided ones included); finds settled on the spot are left out.",
    ),
    holder="reported_by",
)
