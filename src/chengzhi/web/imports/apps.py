"""The Django app of the import pages."""

from django.apps import AppConfig


class ImportPagesConfig(AppConfig):
    """Templates and words of the import pages; it has no tables."""

    name = "chengzhi.web.imports"
    label = "web_imports"
