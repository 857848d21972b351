"""The app of the lectures."""

from django.apps import AppConfig


class LecturesConfig(AppConfig):
    """Lectures: plan, live figures, what each group changes, follow-up."""

    name = "chengzhi.branch.lectures"
    label = "lectures"
