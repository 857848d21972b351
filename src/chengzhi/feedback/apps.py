"""The app of complaints and suggestions."""

from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    """What people say about the program, and what was answered."""

    name = "chengzhi.feedback"
    label = "feedback"
