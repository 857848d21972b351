"""The app of the organisation."""

from django.apps import AppConfig


class OrganisationConfig(AppConfig):
    """Bodies, members, roles in the body, rules of practice."""

    name = "chengzhi.branch.organisation"
    label = "organisation"
