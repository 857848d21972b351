"""The Django app of the pages of the campaigns."""

from django.apps import AppConfig


class CampaignsPagesConfig(AppConfig):
    """Templates and words; it has no tables."""

    name = "chengzhi.web.campaigns"
    label = "web_campaigns"
