"""docs/reference/registers.md in both languages, made from what the domains declare."""

from collections.abc import Iterator

from django.utils import translation

from chengzhi.domains.kinds import PARTY_KINDS, Field, Kind
from chengzhi.lifecycle.life import Life
from chengzhi.registers.checks import CHECKS
from chengzhi.registers.facts import FACTS
from chengzhi.registers.kinds import domain_of_kind, kinds
from chengzhi.registers.lives import WORKINGS

_PLACES = {"point": ("点", "point"), "line": ("线", "line"), "area": ("面", "area"), "body": ("体", "body")}
_TYPES = {"text": ("文字", "text"), "number": ("数字", "number"), "date": ("日期", "date"),
          "choice": ("选项", "choice"), "flag": ("是否", "yes or no")}  # fmt: skip


def pages() -> dict[str, str]:
    """File name → text."""
    return {"registers.md": _page("en"), "registers.zh.md": _page("zh-hans")}


def _page(language: str) -> str:
    with translation.override(language):
        return "\n\n".join(_Page(language.startswith("zh")).parts()) + "\n"


class _Page:
    def __init__(self, zh: bool) -> None:
        self.zh = zh

    def say(self, chinese: str, english: str) -> str:
        return chinese if self.zh else english

    def parts(self) -> Iterator[str]:
        yield self.say("# 台账一览", "# Registers")
        yield self.say(
            "<!-- 本页由代码生成，请勿手工修改。 -->",
            "<!-- Generated from the code; do not edit by hand. -->",
        )
        yield self.say(
            "每种台账由其领域的文件声明：字段、责任主体、许可、检查、状态与步骤。",
            "Each register is declared in its domain's file: facts, party, permit, checks, states and steps.",
        )
        for kind in kinds().values():
            yield from self.kind(kind)
        yield from self.needs()

    def kind(self, kind: Kind) -> Iterator[str]:
        domain, life = domain_of_kind(kind.key), WORKINGS[kind.key].life
        yield f"## {self.say(kind.name, kind.name_en)} `{kind.key}`"
        yield self.summary(kind, self.say(domain.name, domain.name_en))
        if kind.fields:
            yield self.fields(kind)
        yield self.states(life)
        yield self.steps(life)

    def summary(self, kind: Kind, domain: str) -> str:
        party = PARTY_KINDS[kind.party] if kind.party else None
        permit = kind.permit
        rows = [
            (self.say("领域", "Domain"), domain),
            (self.say("编号前缀", "Numbers begin with"), f"`{kind.prefix}`"),
            (self.say("位置", "Place"), self.say(*_PLACES[kind.place])),
            (self.say("责任主体", "Party"), self.say(party.name, party.name_en) if party else "–"),
            (
                self.say("许可或协议", "Permit or agreement"),
                self.say(permit.name, permit.name_en) if permit else "–",
            ),
            (self.say("检查表", "Checklists"), " ".join(f"`{key}`" for key in kind.checklists) or "–"),
            (self.say("部件代码", "Component codes"), " ".join(kind.components) or "–"),
            (self.say("涉企检查", "Visits to a business"), self.yes(kind.business)),
            (self.say("公开卡片", "Public card"), self.yes(kind.public and not kind.sensitive)),
        ]
        return "\n".join(f"- {name}: {value}" for name, value in rows)

    def yes(self, value: bool) -> str:
        return self.say("是", "yes") if value else self.say("否", "no")

    def fields(self, kind: Kind) -> str:
        head = self.say(
            "| 字段 | 类型 | 范围或选项 | 必填 | 公开 |",
            "| fact | type | range or choices | required | public |",
        )
        rows = [
            f"| {self.say(one.name, one.name_en)} `{one.key}` | {self.say(*_TYPES[one.type])} | {self.bounds(one)} "
            f"| {self.yes(one.required)} | {self.yes(one.public)} |"
            for one in kind.fields
        ]
        return "\n".join([head, "|---|---|---|---|---|", *rows])

    def bounds(self, one: Field) -> str:
        if one.type == "choice":
            return self.say("、", ", ").join(self.say(word.name, word.name_en) for word in one.choices)
        if one.type != "number":
            return ""
        low = "" if one.least is None else f"{one.least:g}"
        high = "" if one.most is None else f"{one.most:g}"
        return f"{low}–{high} {one.unit}"

    def states(self, life: Life) -> str:
        ends = self.say("（终态）", " (end)")
        words = (
            f"{self.say(*life.states[state])} `{state}`{ends if state in life.ends else ''}"
            for state in life.states
        )
        return self.say("状态：", "States: ") + self.say("、", ", ").join(words)

    def steps(self, life: Life) -> str:
        head = self.say(
            "| 步骤 | 从 | 到 | 须填 | 条件 | 依据 |", "| step | from | to | states | needs | basis |"
        )
        language = "zh" if self.zh else "en"
        rows = []
        for step in life.steps:
            before = self.say("、", ", ").join(
                self.say(*life.states[s]) for s in life.states if s in step.before
            )
            after = self.say(*life.states[step.after]) if step.after else self.say("（不变）", "(unchanged)")
            wants = self.say("、", ", ").join(FACTS[name].words(language) for name in step.wants)
            needs = " ".join(f"`{name}`" for name in step.needs)
            born = self.say("（新建）", "(birth)")
            rows.append(
                f"| {step.words(language)} `{step.name}` | {before or born} | {after} | {wants} | {needs} "
                f"| {step.article} |"
            )
        return "\n".join([head, "|---|---|---|---|---|---|", *rows])

    def needs(self) -> Iterator[str]:
        used = {name for one in WORKINGS.values() for step in one.life.steps for name in step.needs}
        yield self.say("## 条件", "## Needs")
        yield "\n".join(f"- `{name}`: {check.says}" for name, check in CHECKS.items() if name in used)
