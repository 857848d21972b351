"""The Django app of the pages of the publications."""

from django.apps import AppConfig


class PublicityPagesConfig(AppConfig):
    """Templates and words; it has no tables."""

    name = "chengzhi.web.publicity"
    label = "web_publicity"
