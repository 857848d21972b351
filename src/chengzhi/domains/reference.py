"""The reference page of the domains, made from their declarations."""

from chengzhi.domains import DOMAINS, GENERAL_TYPES
from chengzhi.domains.catalogue import CATALOGUE, NATIONAL_2026
from chengzhi.domains.domain import CaseType, Condition, Domain, evidence, outcomes
from chengzhi.law.violations import violations


def markdown(language: str = "en") -> str:
    """All domains, general matters and code sets as Markdown, in "zh" or "en"."""
    page = _Page(language)
    parts = [page.title(), *map(page.domain, DOMAINS), page.general(), page.code_sets()]
    return "\n\n".join(parts) + "\n"


class _Page:
    def __init__(self, language: str) -> None:
        self.zh = language.startswith("zh")
        self.language = "zh" if self.zh else "en"

    def say(self, chinese: str, english: str) -> str:
        return chinese if self.zh else english or chinese

    def title(self) -> str:
        return self.say("# 九个领域与事项目录", "# Nine domains and the catalogue")

    def domain(self, domain: Domain) -> str:
        name, lead = self.say(domain.name, domain.name_en), self.say(domain.lead, domain.lead_en)
        parts = [f"## {domain.number}. {name}", lead, self.types(domain.types)]
        parts += [self.checks(domain), self.measurements(domain), self.breaches(domain)]
        return "\n\n".join(part for part in parts if part)

    def types(self, types: tuple[CaseType, ...]) -> str:
        head = self.say(
            "| 代码 | 事项 | 立案条件 | 处置时限 | 结案 | 证据 | 依据 |",
            "| code | matter | filing condition | limit | outcome | evidence | source |",
        )
        rows = [self.row(each, condition) for each in types for condition in each.conditions]
        return "\n".join([head, "|---|---|---|---|---|---|---|", *rows])

    def row(self, each: CaseType, condition: Condition) -> str:
        name = self.say(each.name, each.name_en)
        wanted = self.say("、", ", ").join(
            self.say(evidence()[key].name, evidence()[key].name_en) for key in condition.evidence
        )
        ends = outcomes()[condition.outcome]
        return (
            f"| {each.code} | {name} | {self.say(condition.name, condition.name_en)} "
            f"| {self.limits(condition)} | {self.say(ends.name, ends.name_en)} | {wanted} "
            f"| {condition.source or '–'} |"
        )

    def limits(self, condition: Condition) -> str:
        if not condition.limits:
            return self.say("未核实：由城区自定", condition.status)
        return "; ".join(
            f"{f'{area}: ' if area else ''}{limit.say(self.language)}"
            for area, limit in condition.limits.items()
        )

    def checks(self, domain: Domain) -> str:
        return "\n".join(
            f"- {self.say(one.name, one.name_en)}: "
            + "; ".join(self.say(item.name, item.name_en) for item in one.items)
            for one in domain.checklists
        )

    def measurements(self, domain: Domain) -> str:
        return "\n".join(
            f"- {self.say(one.name, one.name_en)} ({one.unit}){f': `{one.rule}`' if one.rule else ''}"
            for one in domain.measurements
        )

    def breaches(self, domain: Domain) -> str:
        rows = (violations()[code] for code in domain.violations)
        return "\n".join(f"- {row['code']} {self.say(row['name_zh'], row['name_en'])}" for row in rows)

    def general(self) -> str:
        title = self.say("## 其他事项", "## Other matters")
        return f"{title}\n\n{self.types(GENERAL_TYPES)}"

    def code_sets(self) -> str:
        head = self.say("| 代码集 | 名称 | 起 | 止 | 条数 |", "| code set | title | from | until | entries |")
        rows = [
            f"| {key} | {self.say(each.title, each.title_en)} | {each.first_day or '–'} "
            f"| {each.last_day or '–'} | {len(CATALOGUE.of(key))} |"
            for key, each in CATALOGUE.code_sets.items()
        ]
        holes = ", ".join(f"{kind} {code}" for each, kind, code in CATALOGUE.holes if each == NATIONAL_2026)
        title = self.say("## 代码集", "## Code sets")
        note = self.say(f"停用不再使用的号码：{holes}", f"Withdrawn numbers, never reused: {holes}")
        return "\n".join([title, "", head, "|---|---|---|---|---|", *rows, "", note])
