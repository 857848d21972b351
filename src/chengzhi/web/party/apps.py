"""The Django app of the public cards and the parties' own pages."""

from django.apps import AppConfig


class PartyPagesConfig(AppConfig):
    """Templates and words; it has no tables."""

    name = "chengzhi.web.party"
    label = "web_party"
