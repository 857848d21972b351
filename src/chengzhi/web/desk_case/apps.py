"""The Django app of the case page, the map and the notices."""

from django.apps import AppConfig


class CasePagesConfig(AppConfig):
    """Templates and words; it has no tables."""

    name = "chengzhi.web.desk_case"
    label = "web_desk_case"
