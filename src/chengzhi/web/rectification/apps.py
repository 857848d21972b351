"""The Django app of the pages of the rectification ledger."""

from django.apps import AppConfig


class RectificationPagesConfig(AppConfig):
    """Templates and words; it has no tables."""

    name = "chengzhi.web.rectification"
    label = "web_rectification"
