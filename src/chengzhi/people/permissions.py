"""Every permission there is, declared once. Nothing may ask for one that is not listed here.

A permission is a short name, `area.act`; which role holds it is data (`roles.yaml`,
then the dated table :class:`~chengzhi.people.models.RolePermission`).
"""

from dataclasses import dataclass

from chengzhi.errors import Problem


class UnknownPermission(Problem):
    """Code or data asks for a permission that is not declared."""

    code = "people.unknown_permission"
    status = 500


@dataclass(frozen=True, slots=True)
class Permission:
    """One thing a role may do: `key`, the page group it is listed in, its words."""

    key: str
    group: str
    name: str
    name_en: str
    in_body: bool = False
    """Held through a role in a body of the branch, never through a post of the bureau."""

    def label(self, language: str) -> str:
        """Its words in Chinese for `zh…`, else in English."""
        return self.name if language.startswith("zh") else self.name_en


GROUPS: dict[str, tuple[str, str]] = {
    "cases": ("案卷流转", "A case's life"),
    "exceptions": ("特殊处理", "Exceptions"),
    "reading": ("查看与导出", "Reading and exporting"),
    "reports": ("来源与隐私", "Sources and privacy"),
    "registers": ("台账与检查", "Registers and inspections"),
    "evaluation": ("评价", "Evaluation"),
    "branch": ("党建工作", "Party-building (branch) work"),
    "running": ("系统管理", "Running the system"),
}
"""Group key → (Chinese, English), in the order of the matrix page."""

PERMISSIONS: tuple[Permission, ...] = (
    Permission("case.report", "cases", "上报问题", "Report a case"),
    Permission("case.register", "cases", "受理登记", "Register a report"),
    Permission("case.verify", "cases", "核实", "Verify before filing"),
    Permission("case.file", "cases", "立案", "File a case"),
    Permission("case.reject", "cases", "不予立案", "Decline to file"),
    Permission("case.dispatch", "cases", "派遣", "Dispatch to a department"),
    Permission("case.handle", "cases", "处置", "Handle"),
    Permission("case.assign", "cases", "本单位内分派", "Assign within the unit"),
    Permission("case.check", "cases", "核查", "Check after handling"),
    Permission("case.close", "cases", "结案", "Close"),
    Permission("case.note", "cases", "添加备注", "Add a note"),
    Permission("case.edit", "cases", "修改案卷信息", "Correct a case's facts"),
    Permission("photo.add", "cases", "添加照片", "Add photos"),
    Permission("case.extend", "exceptions", "批准延期", "Grant an extension"),
    Permission("case.suspend", "exceptions", "挂账", "Suspend"),
    Permission("case.void", "exceptions", "作废", "Void"),
    Permission("case.reopen", "exceptions", "重新办理", "Reopen"),
    Permission("case.force_close", "exceptions", "强制结案", "Force close"),
    Permission("case.appeal", "exceptions", "提出超期申诉", "Appeal an overdue mark"),
    Permission("case.review_appeal", "exceptions", "审核申诉", "Decide an appeal"),
    Permission("case.merge", "exceptions", "合并与拆分", "Merge and split"),
    Permission("case.relate", "exceptions", "关联重复与父子案卷", "Link duplicates, parent and child"),
    Permission("case.bulk", "exceptions", "批量操作", "Act on many cases at once"),
    Permission("case.view", "reading", "查看案卷", "See cases"),
    Permission("case.view_all_units", "reading", "查看全区案卷", "See the cases of all units"),
    Permission("case.export", "reading", "导出案卷", "Export cases"),
    Permission("ledger.view", "reading", "查看办理留痕", "See the append-only record"),
    Permission("photo.release", "reports", "遮挡并公开照片", "Mask and release photos"),
    Permission("reporter.view", "reports", "查看举报人信息", "See who reported"),
    Permission("report.import", "reports", "导入数据", "Import reports"),
    Permission("upper.manage", "reports", "上级转办对接", "Exchange with the upper level"),
    Permission("case.hand_over", "exceptions", "移送其他机关", "Hand over to another authority"),
    Permission("register.view", "registers", "查看台账", "See registers"),
    Permission("register.edit", "registers", "维护台账", "Keep registers"),
    Permission("register.import", "registers", "导入台账", "Import registers"),
    Permission("party.view", "registers", "查看责任主体联系方式", "See how to reach a responsible party"),
    Permission("inspection.view", "registers", "查看检查", "See inspections"),
    Permission("inspection.plan", "registers", "制定检查计划", "Plan inspection rounds"),
    Permission("inspection.approve", "registers", "批准检查", "Approve visits and rounds"),
    Permission("inspection.visit", "registers", "现场检查与测量", "Inspect and measure on site"),
    Permission(
        "checks.manage", "registers", "管理检查限值、频次与仪器", "Manage check limits, caps and instruments"
    ),
    Permission("deduction.appeal", "registers", "对扣款提出申诉", "Appeal against a deduction"),
    Permission("competence.manage", "running", "管理权责清单", "Manage the list of competences"),
    Permission("evaluation.view", "evaluation", "查看评价", "See the evaluation"),
    Permission("evaluation.settings", "evaluation", "设置评价口径", "Set the evaluation's choices"),
    Permission("branch.view", "branch", "打开党建页面", "Open the branch pages"),
    Permission(
        "branch.manage", "branch", "维护组织与成员名册", "Keep the tree of bodies and the list of members"
    ),
    Permission("branch.member", "branch", "参加本组织活动", "Take part in one's own body", in_body=True),
    Permission("branch.committee", "branch", "参与支委会工作", "Work on the committee", in_body=True),
    Permission("branch.lead", "branch", "主持本组织工作", "Lead the body", in_body=True),
    Permission("branch.check", "branch", "复核他人完成的事项", "Check what another has done", in_body=True),
    Permission("branch.count", "branch", "计票与监票", "Count and watch a ballot", in_body=True),
    Permission("people.manage", "running", "管理账号与岗位", "Manage accounts and posts"),
    Permission("units.manage", "running", "管理单位", "Manage units"),
    Permission("roles.manage", "running", "管理角色权限", "Manage what roles may do"),
    Permission("limits.manage", "running", "管理时限与提醒", "Manage limits and escalation"),
    Permission("calendars.manage", "running", "管理工作日历", "Manage work calendars"),
    Permission("messages.manage", "running", "管理消息模板", "Manage message texts"),
    Permission("packs.manage", "running", "管理区划数据包", "Manage district packs"),
    Permission("jobs.view", "running", "查看后台任务与运行状况", "See background work and health"),
)

BY_KEY: dict[str, Permission] = {permission.key: permission for permission in PERMISSIONS}
ALL: frozenset[str] = frozenset(BY_KEY)
OF_POSTS: tuple[Permission, ...] = tuple(one for one in PERMISSIONS if not one.in_body)
"""What a role of the bureau may be given."""


def known(key: str) -> str:
    """The key itself. Raises UnknownPermission, so that a misspelt name never just refuses."""
    if key not in ALL:
        raise UnknownPermission(
            f"There is no permission “{key}”.",
            "Permissions are declared once, in people/permissions.py.",
            "Correct the name or declare it there.",
        )
    return key
