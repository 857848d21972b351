"""The Django app of the pages of the organisation."""

from django.apps import AppConfig


class OrganisationPagesConfig(AppConfig):
    """Templates and words; it has no tables."""

    name = "chengzhi.web.organisation"
    label = "web_organisation"
