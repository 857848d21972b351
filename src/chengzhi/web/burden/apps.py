"""The Django app of the pages of the burden, the list of functions and what people say of the program."""

from django.apps import AppConfig


class BurdenPagesConfig(AppConfig):
    """Templates and words; it has no tables."""

    name = "chengzhi.web.burden"
    label = "web_burden"
