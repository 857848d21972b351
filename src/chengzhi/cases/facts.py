"""What a person may state when taking a step; the forms of pages and the API are made from it."""

from chengzhi.lifecycle.workings import Fact

RESULTS = ("true", "not_found", "not_ours")

_ALL = (
    Fact("account", "id", "人员", "person"),
    Fact("unit", "id", "部门", "department"),
    Fact("other", "id", "另一案卷", "other case"),
    Fact("type", "id", "类别", "type"),
    Fact("condition", "text", "立案条件", "filing condition"),
    Fact("result", "choice", "核实结果", "result", RESULTS),
    Fact("outcome", "text", "处置结果", "outcome"),
    Fact("method", "text", "处置方式", "method"),
    Fact("until", "instant", "截止时间", "until"),
    Fact("urgent", "flag", "紧急", "urgent"),
    Fact("lon", "number", "经度", "longitude"),
    Fact("lat", "number", "纬度", "latitude"),
    Fact("address", "text", "位置描述", "address", private=True),
    Fact("reason", "text", "理由", "reason", private=True),
    Fact("note", "text", "备注", "note", private=True),
    Fact("text", "text", "问题描述", "what it is about", private=True),
)
FACTS: dict[str, Fact] = {fact.name: fact for fact in _ALL}

RESULT_WORDS: dict[str, tuple[str, str]] = {
    "true": ("属实", "true"),
    "not_found": ("未发现问题", "nothing found"),
    "not_ours": ("不属本区职责", "not for this district"),
}
