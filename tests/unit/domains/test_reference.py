"""The reference page holds every domain, case type and code set."""

import pytest

from chengzhi.domains import CASE_TYPES, DOMAINS
from chengzhi.domains.catalogue import CATALOGUE
from chengzhi.domains.reference import markdown


@pytest.mark.parametrize("language", ["zh", "en"])
def test_everything_is_on_the_page(language):
    page = markdown(language)
    for domain in DOMAINS:
        assert f"## {domain.number}. {domain.name if language == 'zh' else domain.name_en}" in page
    for code in CASE_TYPES:
        assert f"| {code} |" in page
    for key in CATALOGUE.code_sets:
        assert f"| {key} |" in page


def test_the_english_page_has_no_chinese_but_sources():
    domains = markdown("en").split("## Code sets")[0]
    assert not [char for char in domains if "\u4e00" <= char <= "\u9fff"]


def test_every_table_row_has_as_many_cells_as_its_head():
    width = 0
    for line in markdown("zh").splitlines():
        cells = line.count("|")
        width = 0 if not cells else (width or cells)
        assert cells == width, line
