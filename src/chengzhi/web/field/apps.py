"""The Django app of the inspectors' phone pages."""

from django.apps import AppConfig


class FieldPagesConfig(AppConfig):
    """Templates and words; it has no tables."""

    name = "chengzhi.web.field"
    label = "web_field"
