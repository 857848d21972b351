"""The app of the meetings."""

from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    """Meetings by form and content, their course, gaps and sealed statements."""

    name = "chengzhi.branch.meetings"
    label = "meetings"
