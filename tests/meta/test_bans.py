"""What this program will not do, looked for in tables, addresses, the API, pages and figures.

No check-in, points, leader board, time online, likes or photo counts; no total of fines; no named
person in an ordered list; no blacklist, no search by face.
"""

import json
import re
from collections.abc import Iterator

from django.apps import apps
from django.urls import get_resolver

from chengzhi.analytics.metrics import METRICS
from chengzhi.analytics.tables import TABLES
from tests.meta.sources import text, tracked
from tests.meta.test_permissions import routes

BANNED = re.compile(
    r"check_?in|punch|clock_?in|sign_?in_(count|days)|streak|leader_?board|rank(ing)?\b|badge|"
    r"online_(time|minutes|hours)|time_online|reading_(time|minutes)|study_(time|hours)|log_?in_(count|rate|days)|"
    r"(like|forward|vote|share|comment|photo|meeting|note)s?_count|open_rate|usage_rate|"
    r"fines?_(total|sum|count|income|target)|(total|sum)_fines?|penalty_(total|target|income)|"
    r"black_?list|watch_?list|face_(id|search|print|match|vector|embedding)|social_credit",
    re.IGNORECASE,
)
CHINESE = re.compile(
    r"签到|打卡|排行榜|龙虎榜|红黑榜|黑名单|人脸(识别|搜索|比对)|在线时长|学习时长|登录(率|次数|天数)|点赞(数|量)"
    r"|转发(数|量)|罚款(总额|总数|合计|任务|指标)|罚没(收入|总额)|积分(排名|榜)"
)
ENGLISH = re.compile(
    r"\b(leader ?board|streaks?|check-in|time online|log-in rate|total fines|fines? collected|black ?list"
    r"|face (search|recognition)|social credit(?! code))\b",
    re.IGNORECASE,
)
# Framework tables that lock out after failed log-ins; they hold no name that this list means.
FOREIGN = ("procrastinate", "axes", "otp_totp", "otp_static", "admin")


def columns() -> Iterator[str]:
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label not in FOREIGN:
            yield model._meta.db_table
            yield from (f"{model._meta.db_table}.{field.name}" for field in model._meta.get_fields())


def test_no_table_or_column_counts_what_must_not_be_counted():
    names = list(columns())
    assert len(names) > 200
    assert not [name for name in names if BANNED.search(name)]


def test_no_address_leads_to_it():
    found = [address for address, _ in routes(get_resolver())]
    assert len(found) > 50
    assert not [address for address in found if BANNED.search(address)]


def test_the_api_does_not_offer_it():
    from chengzhi.api.v1.routes import api

    schema = json.dumps(api.get_openapi_schema(), ensure_ascii=False)
    assert "/reports" in schema
    assert not BANNED.findall(schema) + ENGLISH.findall(schema)


def test_no_page_or_catalogue_speaks_of_it():
    found = [
        f"{name}:{number}: {line.strip()[:90]}"
        for name in tracked()
        if name.parts[:2] == ("src", "chengzhi") and name.suffix in (".html", ".txt", ".po")
        for number, line in enumerate(text(name).splitlines(), 1)
        if CHINESE.search(line) or ENGLISH.search(line)
    ]
    assert not found


def test_no_figure_is_about_a_named_person_or_about_effort_instead_of_outcome():
    assert {metric.subject.value for metric in METRICS.values()} <= {
        "area", "department", "inspector", "intake_clerk", "shift_leader", "dispatcher",
    }  # fmt: skip
    words = [f"{m.key} {m.name.zh} {m.name.en} {m.meaning.zh} {m.meaning.en}" for m in METRICS.values()]
    assert not [one for one in words if BANNED.search(one) or CHINESE.search(one) or ENGLISH.search(one)]


def test_the_tables_of_figures_hold_no_name_no_money_and_no_contact():
    names = {column.name for table in TABLES.values() for column in table.columns}
    assert len(names) > 20
    banned = re.compile(
        r"name|username|account_name|phone|mail|fine|penalty|amount|photo|contact|text|address"
    )
    assert not [name for name in names if banned.search(name)]
