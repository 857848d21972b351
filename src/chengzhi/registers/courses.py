"""The course of a kind: its own, or the common one."""

from chengzhi.domains.kinds import Course, Kind, Turn

COMMON = Course(
    states={
        "in_use": ("使用中", "In use"),
        "suspended": ("暂停", "Suspended"),
        "removed": ("已撤除", "Removed"),
    },
    start="in_use",
    ends=frozenset({"removed"}),
    live=frozenset({"in_use", "suspended"}),
    turns=(
        Turn(
            "suspend", "暂停", "Suspend", ("in_use",), "suspended",
            "{who}暂停使用：{reason}。", "{who} suspended it: {reason}.",
            wants=("reason",), optional=("until",), needs=("until_not_past",),
        ),
        Turn(
            "resume", "恢复", "Resume", ("suspended",), "in_use", "{who}恢复使用。", "{who} resumed it.",
        ),
        Turn(
            "remove", "撤除", "Remove", ("in_use", "suspended"), "removed",
            "{who}撤除：{reason}。", "{who} removed it: {reason}.", wants=("reason",),
        ),
    ),
)  # fmt: skip
"""使用中 → 暂停 → 使用中 … 已撤除: what stands in the street and has no course of its own."""


def course_of(kind: Kind) -> Course:
    """The kind's own course, or the common one."""
    return kind.course or COMMON
