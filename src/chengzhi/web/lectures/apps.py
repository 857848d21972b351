"""The Django app of the pages of the lectures."""

from django.apps import AppConfig


class LecturesPagesConfig(AppConfig):
    """Templates and words; it has no tables."""

    name = "chengzhi.web.lectures"
    label = "web_lectures"
