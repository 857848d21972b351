"""The Django app of the pages of the meetings."""

from django.apps import AppConfig


class MeetingsPagesConfig(AppConfig):
    """Templates and words; it has no tables."""

    name = "chengzhi.web.meetings"
    label = "web_meetings"
