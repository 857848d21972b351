"""The app of the commitments."""

from django.apps import AppConfig


class CommitmentsConfig(AppConfig):
    """Promises and what became of them."""

    name = "chengzhi.branch.commitments"
    label = "commitments"
