"""The Django app of the administrator's pages."""

from django.apps import AppConfig


class ManagePagesConfig(AppConfig):
    """Templates and words of the administrator's pages; it has no tables."""

    name = "chengzhi.web.manage"
    label = "web_manage"
