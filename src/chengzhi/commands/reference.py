"""`chengzhi reference`: the pages of docs/reference, made from the code so that they cannot lie."""

from collections.abc import Iterable
from pathlib import Path

import click

from chengzhi.commands._output import json_option, report
from chengzhi.errors import Problem


class StaleReference(Problem):
    """A page of docs/reference is not what the code says."""

    code = "reference.stale"
    status = 500


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=Path("docs/reference"))
@click.option("--check", is_flag=True, help="Change nothing; exit 1 when a page is out of date.")
@json_option
def command(folder: Path, check: bool, as_json: bool) -> None:
    """Write the reference pages into FOLDER (default docs/reference)."""
    made = pages()
    stale = [name for name, text in made.items() if _kept(folder / name) != text]
    if check and stale:
        raise StaleReference(
            f"{stale[0]} is out of date.",
            f"{len(stale)} of {len(made)} pages differ from the code: {', '.join(stale)}.",
            "Run “chengzhi reference” and commit what it writes.",
        )
    for name in stale:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(made[name], encoding="utf-8")
    report(as_json, {"pages": len(made), "written": stale}, f"{len(made)} pages, {len(stale)} written.")


def pages() -> dict[str, str]:
    """Every page by file name; needs no database."""
    import django
    from django.utils import translation

    django.setup()
    from chengzhi.analytics import reference_page
    from chengzhi.cases import reference as cases
    from chengzhi.domains import reference as domains
    from chengzhi.inspections import reference as inspections
    from chengzhi.law import reference as law
    from chengzhi.registers import reference as registers

    with translation.override("en"):
        return {
            **cases.pages(),
            **inspections.pages(),
            **_branch_lives(),
            **registers.pages(),
            "metrics.md": reference_page.page("en"),
            "metrics.zh.md": reference_page.page("zh"),
            "domains.md": domains.markdown("en"),
            "domains.zh.md": domains.markdown("zh"),
            "rules.md": law.markdown(),
            "settings.md": _settings(),
            "commands.md": _commands(),
            "permissions.md": _permissions(),
        }


def _branch_lives() -> dict[str, str]:
    """Every life of branch work in both languages, from its table."""
    from chengzhi.branch.appraisal import life as ballot
    from chengzhi.branch.appraisal import named_life as named
    from chengzhi.branch.commitments import life as commitments
    from chengzhi.branch.lectures.workings import LECTURE_WORKINGS
    from chengzhi.branch.rectification.workings import ITEM_WORKINGS
    from chengzhi.lifecycle.reference import markdown

    lives = {
        "rectification": ITEM_WORKINGS, "lecture": LECTURE_WORKINGS, "commitment": commitments.COMMITMENT_WORKINGS,
        "ballot-round": ballot.ROUND_WORKINGS, "named-round": named.NAMED_WORKINGS,
    }  # fmt: skip
    return {
        f"{name}-life{end}": markdown(one.life, language, one.checks)
        for name, one in lives.items() for language, end in (("en", ".md"), ("zh", ".zh.md"))
    }  # fmt: skip


def _kept(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def _table(title: str, lead: str, head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    names = list(head)
    lines = [f"# {title}", "", lead, "", _row(names), _row(["---"] * len(names))]
    return "\n".join([*lines, *(_row(row) for row in rows)]) + "\n"


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _settings() -> str:
    from chengzhi.environment import SETTINGS

    rows = ([f"`{s.name}`", f"`{s.default}`" if s.default else "–", s.help.message] for s in SETTINGS)
    lead = "Environment variables, all of them. A bad value is refused at start with what to write instead."
    return _table("Settings 设置", lead, ("variable", "default", "meaning"), rows)


def _commands() -> str:
    from chengzhi.cli import group

    root = click.Context(group, info_name="chengzhi")
    lead = (
        "Commands that report take `--json`: one line on stdout, all else on stderr. Refusals and findings "
        "are in Chinese where LC_ALL, LC_MESSAGES or LANG names it (the first that is set), else in English."
    )
    rows = _lines(group, root)
    return _table("Commands 命令", lead, ("command", "does"), rows)


def _lines(found: click.Group, context: click.Context) -> Iterable[list[str]]:
    for name in found.list_commands(context):
        one = found.get_command(context, name)
        if one is None or one.hidden:
            continue
        inner = click.Context(one, info_name=name, parent=context)
        yield [f"`{_usage(inner, one)}`", one.get_short_help_str(120)]
        if isinstance(one, click.Group):
            yield from _lines(one, inner)


def _usage(context: click.Context, one: click.Command) -> str:
    options = [p.opts[-1] for p in one.params if isinstance(p, click.Option) and not p.hidden]
    words = [p.human_readable_name.upper() for p in one.params if isinstance(p, click.Argument)]
    return " ".join([context.command_path, *words, *(f"[{option}]" for option in options)])


def _permissions() -> str:
    from chengzhi.people.permissions import PERMISSIONS
    from chengzhi.people.roles import roles

    every = list(roles().values())
    rows = (
        [f"`{p.key}`", p.name, p.name_en, *("●" if p.key in role.permissions else "" for role in every)]
        for p in PERMISSIONS
    )
    head = ("permission", "中文", "English", *(f"{role.name} {role.key}" for role in every))
    lead = "What each role may do as shipped; a district changes it on pages, dated."
    return _table("Permissions 权限", lead, head, rows)
