"""A first mapping for an unknown file: columns are recognised by name, notations by trying them.

Nothing here decides: a person sees the suggestion with the errors it would give and corrects it.
"""

import difflib
import re
from collections.abc import Sequence
from typing import Any

import polars as pl

from chengzhi.pipeline.reading import parsed
from chengzhi.pipeline.sources import ROW

LIKE = 0.82  # similarity from which a name counts as recognised
MOST_VALUES = 40  # distinct values of a column that can still be mapped one by one

# Field → how files call it. Chinese names are those of platforms' own exports.
NAMES: dict[str, tuple[str, ...]] = {
    "number": ("编号", "案卷编号", "案卷号", "任务号", "任务编号", "工单编号", "工单号", "受理编号", "流水号", "序列号",
               "number", "id", "case number", "case id", "case enquiry id", "ticket number", "request id"),
    "reported_at": ("上报时间", "受理时间", "登记时间", "来电时间", "反映时间", "创建时间", "发现时间", "时间",
                    "reported at", "open dt", "opened", "created at", "creation date", "date created", "open date"),
    "closed_at": ("结案时间", "办结时间", "完成时间", "关闭时间", "closed at", "closed dt", "close date", "date closed"),
    "due_at": ("处置截止时间", "截止时间", "办结时限", "办理时限", "到期时间", "截止日期", "deadline", "due at", "due date",
               "target dt", "sla target dt"),
    "filed_at": ("立案时间", "filed at"),
    "dispatched_at": ("派遣时间", "派单时间", "转办时间", "dispatched at", "assigned at"),
    "handled_at": ("处置时间", "处置完成时间", "反馈时间", "handled at", "resolved at"),
    "text": ("问题描述", "描述", "内容", "案件描述", "诉求内容", "反映内容", "事项内容", "description", "text", "case title",
             "details", "subject"),
    "address": ("地址", "位置", "位置描述", "地点", "发生地点", "事发地址", "详细地址", "address", "location", "street"),
    "type": ("类别", "问题类别", "案件类别", "事项类别", "小类", "小类名称", "案件小类", "类型", "问题类型", "type", "category",
             "case type", "call type"),
    "unit": ("部门", "处置部门", "责任单位", "承办单位", "专业部门", "主办单位", "处置单位", "department", "unit", "agency"),
    "area": ("街道", "所属街道", "社区", "所属社区", "区域", "乡镇", "neighborhood", "area", "ward", "district"),
    "lon": ("经度", "longitude", "lon", "lng", "long", "x"),
    "lat": ("纬度", "latitude", "lat", "y"),
    "channel": ("来源", "问题来源", "渠道", "上报方式", "信息来源", "案件来源", "source", "channel"),
    "state": ("状态", "案件状态", "办理状态", "当前状态", "阶段", "status", "case status", "state"),
    "outcome": ("处置结果", "办理结果", "处理结果", "结果", "outcome", "resolution", "closure reason"),
    "reply_form": (),
}  # fmt: skip
NOTATIONS = (
    "iso", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d", "%Y年%m月%d日 %H:%M:%S", "%Y年%m月%d日 %H:%M",
    "%Y年%m月%d日%H时%M分", "%Y年%m月%d日", "%Y.%m.%d %H:%M:%S", "%Y.%m.%d %H:%M", "%Y.%m.%d", "%Y%m%d%H%M%S",
    "%Y%m%d", "%Y-%b-%d %H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y",
    "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d.%m.%Y %H:%M",
)  # fmt: skip
CHANNEL_WORDS = {
    "电话": "hotline", "热线": "hotline", "12319": "hotline", "12345": "12345", "微信": "wechat", "网站": "web",
    "网页": "web", "web": "web", "巡查": "patrol", "采集员": "patrol", "监督员": "patrol", "视频": "video",
    "app": "app", "phone": "hotline", "call": "hotline",
}  # fmt: skip
STATE_WORDS = {
    "已结案": "closed", "结案": "closed", "已办结": "closed", "办结": "closed", "完成": "closed", "closed": "closed",
    "作废": "void", "void": "void", "不予立案": "not_accepted", "不予受理": "not_accepted", "挂账": "suspended",
    "suspended": "suspended", "处置中": "handling", "办理中": "handling", "处理中": "handling", "open": "handling",
    "待派遣": "pending_dispatch", "待处置": "pending_handle", "待核查": "pending_check", "待结案": "pending_close",
    "待受理": "reported", "new": "reported",
}  # fmt: skip


def plain(name: str) -> str:
    """A column's name as it is compared: small letters, one blank between words, no brackets' content."""
    return re.sub(r"[\s_\-./]+", " ", re.sub(r"[（(].*?[)）]", "", name)).strip().casefold()


def likeness(column: str, field: str) -> float:
    """How much a column's name is one of a field's names, 0 to 1."""
    name = plain(column)
    return max((difflib.SequenceMatcher(None, name, known).ratio() for known in NAMES[field]), default=0.0)


def match_columns(columns: Sequence[str], fields: Sequence[str] = tuple(NAMES)) -> dict[str, str]:
    """Field → column, the most alike pairs first, each column once."""
    pairs = sorted(
        (
            (likeness(column, field), -place, column, field)
            for place, column in enumerate(columns)
            for field in fields
        ),
        reverse=True,
    )
    found: dict[str, str] = {}
    for share, _place, column, field in pairs:
        if share >= LIKE and field not in found and column not in found.values():
            found[field] = column
    return found


def notations(values: pl.Series) -> list[str]:
    """The notations that a column's values are written in, each of which reads something more."""
    if values.dtype.is_temporal():
        return ["iso"]
    frame = values.cast(pl.String).str.strip_chars().replace("", None).drop_nulls().to_frame("v")
    found = []
    for notation in NOTATIONS:
        read = frame.select(parsed("v", notation).alias("t"))["t"].is_not_null()
        if read.any():
            found.append(notation)
            frame = frame.filter(~read)
        if not len(frame):
            break
    return found


def values_of(sample: pl.DataFrame, column: str) -> list[str]:
    """The distinct values of a column, most frequent first; none when there are too many to map."""
    if column not in sample.columns:
        return []
    counts = (
        sample.select(pl.col(column).cast(pl.String).str.strip_chars().replace("", None).alias("v"))
        .drop_nulls().group_by("v").len().sort(["len", "v"], descending=[True, False])
    )  # fmt: skip
    return counts["v"].to_list() if len(counts) <= MOST_VALUES else []


def guess(value: str, words: dict[str, str]) -> str:
    """What a value of the file most likely means; empty when it says nothing known."""
    name = value.casefold()
    for word, meaning in sorted(words.items(), key=lambda pair: -len(pair[0])):
        if word in name:
            return meaning
    return ""


def suggest(sample: pl.DataFrame, name: str) -> dict[str, Any]:
    """The body of a mapping, as far as names and values tell; it may lack what is required."""
    columns = [column for column in sample.columns if column != ROW]
    found = match_columns(columns)
    body: dict[str, Any] = {"title": name, "source_system": _system(name), "moments": {}}
    for field, column in found.items():
        if field.endswith("_at"):
            body["moments"][field] = {"columns": [column], "formats": notations(sample[column]) or ["iso"]}
        elif field in ("number", "lon", "lat"):
            body[field] = column
        elif field in ("type", "unit", "area"):
            body[field] = {"columns": [column], "by": _by(sample[column])}
        else:
            body[field] = {"columns": [column]}
    for field, words, default in (("channel", CHANNEL_WORDS, "other"), ("state", STATE_WORDS, "reported")):
        if field in body:
            values = values_of(sample, found[field])
            body[field] |= {"values": {v: m for v in values if (m := guess(v, words))}, "default": default}
    return body


def _system(name: str) -> str:
    return (
        re.sub(r"[^0-9a-z一-鿿]+", "-", name.rpartition(".")[0].casefold() or name.casefold()).strip("-")[:40]
        or "file"
    )


def _by(values: pl.Series) -> str:
    """Codes are digits; names are told apart by their script."""
    text = " ".join(values.cast(pl.String).drop_nulls().head(50).to_list())
    if re.fullmatch(r"[\d\s\-]+", text):
        return "code"
    return "name" if re.search(r"[一-鿿]", text) else "name_en"
