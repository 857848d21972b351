"""The Django app of the account pages."""

from django.apps import AppConfig


class AccountPagesConfig(AppConfig):
    """Templates and words of the account pages; it has no tables."""

    name = "chengzhi.web.account"
    label = "web_account"
