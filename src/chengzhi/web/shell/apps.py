"""The Django app of the page frame."""

from django.apps import AppConfig


class ShellConfig(AppConfig):
    """Templates tags, context and middleware every page stands on; it has no tables."""

    name = "chengzhi.web.shell"
    label = "web_shell"
    verbose_name = "Page frame"
