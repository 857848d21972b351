"""The Django app of the pages of the team."""

from django.apps import AppConfig


class TeamPagesConfig(AppConfig):
    """Templates and words; it has no tables."""

    name = "chengzhi.web.team"
    label = "web_team"
