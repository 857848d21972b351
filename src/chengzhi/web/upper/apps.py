"""The Django app of the pages about the upper level."""

from django.apps import AppConfig


class UpperPagesConfig(AppConfig):
    """Templates and words of the pages about the upper level; it has no tables."""

    name = "chengzhi.web.upper"
    label = "web_upper"
