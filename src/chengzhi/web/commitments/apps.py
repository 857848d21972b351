"""The Django app of the pages of the commitments."""

from django.apps import AppConfig


class CommitmentsPagesConfig(AppConfig):
    """Templates and words; it has no tables."""

    name = "chengzhi.web.commitments"
    label = "web_commitments"
