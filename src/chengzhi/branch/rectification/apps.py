"""The app of the rectification ledger."""

from django.apps import AppConfig


class RectificationConfig(AppConfig):
    """Items found, owned, mended and checked."""

    name = "chengzhi.branch.rectification"
    label = "rectification"
