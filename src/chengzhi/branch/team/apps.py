"""The app of the team."""

from django.apps import AppConfig


class TeamConfig(AppConfig):
    """Responsibility by name, certificates, duty areas, talks, care."""

    name = "chengzhi.branch.team"
    label = "team"
