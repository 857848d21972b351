"""The reference page holds every rule, calendar and unit."""

from chengzhi.law.calendars import calendar_keys
from chengzhi.law.reference import markdown
from chengzhi.law.rules import RULES
from chengzhi.law.units import Unit


def test_everything_is_on_the_page():
    page = markdown()
    for name in [*RULES, *calendar_keys(), *Unit]:
        assert f"| `{name}` |" in page


def test_every_table_row_has_as_many_cells_as_its_head():
    width = 0
    for line in markdown().splitlines():
        cells = line.replace("\\|", "").count("|")
        width = 0 if not cells else (width or cells)
        assert cells == width, line
