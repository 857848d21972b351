"""What a person may state when taking a step on an object; forms are made from it."""

from chengzhi.lifecycle.workings import Fact

_ALL = (
    Fact("until", "date", "截止日期", "until"),
    Fact("day", "date", "日期", "day"),
    Fact("alternative", "id", "替代对象", "alternative"),
    Fact("other", "id", "另一对象", "other object"),
    Fact("party", "id", "责任主体", "responsible party"),
    Fact("lot_draw", "text", "抽签记录", "draw"),
    Fact("receipt", "text", "回执", "receipt"),
    Fact("authority", "text", "机关", "authority"),
    Fact("notice", "text", "文书编号", "document number"),
    Fact("area", "number", "面积（平方米）", "area in m²"),
    Fact("use", "text", "用途", "use"),
    Fact("permit", "id", "许可或协议", "permit or agreement"),
    Fact("number", "text", "编号", "number"),
    Fact("starts_on", "date", "开始日期", "starts on"),
    Fact("ends_on", "date", "截止日期", "ends on"),
    Fact("conditions", "text", "条件", "conditions"),
    Fact("issued_by", "text", "签发单位", "issued by"),
    Fact("file", "id", "文件", "file"),
    Fact("reason", "text", "理由", "reason", private=True),
)
FACTS: dict[str, Fact] = {fact.name: fact for fact in _ALL}
