"""The Django app of the rounds at the desk."""

from django.apps import AppConfig


class RoundPagesConfig(AppConfig):
    """Templates and words; it has no tables."""

    name = "chengzhi.web.rounds"
    label = "web_rounds"
