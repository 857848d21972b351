"""docs/reference/metrics.md in both languages, made from the register.

`python -m chengzhi.analytics.reference_page en` prints the page.
"""

import sys

from chengzhi.analytics.metric import Metric, Subject, Words
from chengzhi.analytics.metrics import of
from chengzhi.analytics.tables import TABLES, FlatTable

SUBJECTS = {
    Subject.AREA: Words("区域", "Area"),
    Subject.DEPARTMENT: Words("专业部门", "Department"),
    Subject.INSPECTOR: Words("监督员岗位", "Inspector post"),
    Subject.CLERK: Words("受理员岗位", "Intake clerk post"),
    Subject.LEADER: Words("值班长岗位", "Shift leader post"),
    Subject.DISPATCHER: Words("派遣员岗位", "Dispatcher post"),
}
HEAD = Words(
    "# 指标\n\n由 `chengzhi.analytics.metrics` 生成，每个指标一个文件：文字、Python 定义（参照）和表达式（DuckDB、PostgreSQL）。",
    "# Metrics\n\nMade from `chengzhi.analytics.metrics`, one file each: words, a plain-Python definition (the"
    " reference) and an expression (DuckDB, PostgreSQL).",
)
LABELS = {
    "meaning": Words("含义", "Meaning"),
    "formula": Words("公式", "Formula"),
    "due": Words("“应…数”", "Due in the period"),
    "table": Words("数据表", "Table"),
    "better": Words("方向", "Better"),
    "smallest": Words("最小可公布数", "Smallest publishable count"),
    "interval": Words("区间", "Interval"),
    "source": Words("依据", "Source"),
}
BETTER = {"more": Words("越高越好", "more"), "fewer": Words("越低越好", "fewer")}
WILSON = Words("Wilson 95 %", "Wilson, 95 %")
TABLE_HEAD = Words("| 列 | 类型 | 单位 | 含义 | 约束 |", "| column | type | unit | meaning | constraint |")


def _metric(metric: Metric, language: str) -> list[str]:
    facts = {
        "meaning": metric.meaning(language),
        "formula": metric.formula(language),
        "due": metric.due(language) if metric.due else "",
        "table": f"`{metric.table}`",
        "better": BETTER[metric.better](language),
        "smallest": str(metric.smallest),
        "interval": WILSON(language) if metric.is_rate else "",
        "source": metric.source,
    }
    lines = [f"- {LABELS[key](language)}: {text}" for key, text in facts.items() if text]
    return [f"### {metric.name(language)} `{metric.key}`", "", *lines, ""]


def _table(table: FlatTable, language: str) -> list[str]:
    rows = [f"| `{c.name}` | {c.type} | {c.unit} | {c.meaning} | {c.constraint} |" for c in table.columns]
    return [
        f"## `{table.name}`",
        "",
        table.meaning,
        "",
        TABLE_HEAD(language),
        "|---|---|---|---|---|",
        *rows,
        "",
    ]


def page(language: str) -> str:
    """The whole page in Markdown."""
    lines = [HEAD(language), ""]
    for subject, name in SUBJECTS.items():
        lines += [f"## {name(language)}", ""]
        for metric in of(subject):
            lines += _metric(metric, language)
    for table in TABLES.values():
        lines += _table(table, language)
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    sys.stdout.write(page(sys.argv[1] if len(sys.argv) > 1 else "en"))
