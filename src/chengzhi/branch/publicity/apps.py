"""The app of the publicity."""

from django.apps import AppConfig


class PublicityConfig(AppConfig):
    """Publications as a life, channels, education by domain."""

    name = "chengzhi.branch.publicity"
    label = "publicity"
