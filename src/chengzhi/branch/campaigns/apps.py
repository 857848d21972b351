"""The app of the campaigns."""

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """Campaigns with a registered plan, exemplars, changes of method."""

    name = "chengzhi.branch.campaigns"
    label = "campaigns"
