"""The reference page of a life, made from its table."""

from collections.abc import Iterable, Iterator, Mapping

from django.utils import translation

from chengzhi.lifecycle.life import Life, Step
from chengzhi.lifecycle.workings import Check

_HEAD = {
    "zh": ("步骤", "从", "到", "权限", "须在时限内", "条件", "之后", "可撤回", "依据"),
    "en": ("step", "from", "to", "permission", "within", "needs", "then", "undo", "basis"),
}
_WORDS = {
    "zh": {"title": "一览", "states": "状态", "steps": "步骤", "needs": "条件", "end": "终态", "yes": "是",
           "no": "否", "born": "（新建）", "stays": "（不变）", "generated": "本页由代码生成，请勿手工修改。"},
    "en": {"title": "reference", "states": "States", "steps": "Steps", "needs": "Needs", "end": "end",
           "yes": "yes", "no": "no", "born": "(birth)", "stays": "(unchanged)",
           "generated": "Generated from the code; do not edit by hand."},
}  # fmt: skip


def markdown(life: Life, language: str, checks: Mapping[str, Check] | None = None) -> str:
    """States, diagram, steps and needs of a life as one Markdown page in "zh" or "en"."""
    words = _WORDS["zh" if language.startswith("zh") else "en"]
    with translation.override("zh-hans" if language.startswith("zh") else "en"):
        parts = [f"# {life.name}: {words['title']}", f"<!-- {words['generated']} -->"]
        parts += [f"## {words['states']}", "\n".join(_states(life, language, words["end"]))]
        parts += ["```mermaid\n" + life.diagram(language) + "\n```"]
        parts += [f"## {words['steps']}", "\n".join(_steps(life, language, words))]
        if checks:
            parts += [f"## {words['needs']}", "\n".join(_needs(life, checks))]
    return "\n\n".join(parts) + "\n"


def _states(life: Life, language: str, end: str) -> Iterator[str]:
    for state in life.states:
        mark = f" ({end})" if state in life.ends else ""
        yield f"- `{state}` {life.state_words(state, language)}{mark}"


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _steps(life: Life, language: str, words: Mapping[str, str]) -> Iterator[str]:
    head = _HEAD["zh" if language.startswith("zh") else "en"]
    yield _row(head)
    yield _row(["---"] * len(head))
    for step in life.steps:
        yield _row(_cells(life, step, language, words))


def _cells(life: Life, step: Step, language: str, words: Mapping[str, str]) -> tuple[str, ...]:
    before = "、".join(life.state_words(s, language) for s in life.states if s in step.before)
    after = life.state_words(step.after, language) if step.after else words["stays"]
    return (
        f"{step.words(language)} `{step.name}`",
        before or words["born"],
        after,
        f"`{step.by}`",
        step.within or "",
        " ".join(f"`{name}`" for name in step.needs),
        " ".join(f"`{name}`" for name in step.effects),
        words["yes"] if step.undo else words["no"],
        step.article,
    )


def _needs(life: Life, checks: Mapping[str, Check]) -> Iterator[str]:
    used = {name for step in life.steps for name in step.needs}
    for name, check in checks.items():
        if name in used:
            basis = f" — {check.article}" if check.article else ""
            yield f"- `{name}`: {check.says}{basis}"
