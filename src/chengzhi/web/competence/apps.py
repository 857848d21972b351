"""The Django app of the pages about competence and hand-over."""

from django.apps import AppConfig


class CompetencePagesConfig(AppConfig):
    """Templates and words; it has no tables."""

    name = "chengzhi.web.competence"
    label = "web_competence"
