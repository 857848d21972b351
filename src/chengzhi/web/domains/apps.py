"""The Django app of the domains' pages."""

from django.apps import AppConfig


class DomainPagesConfig(AppConfig):
    """Templates and words; it has no tables."""

    name = "chengzhi.web.domains"
    label = "web_domains"
