"""The app of the commitments; at its start the life is joined to its table."""

from importlib import import_module

from django.apps import AppConfig


class CommitmentsConfig(AppConfig):
    """Promises and what became of them."""

    name = "chengzhi.branch.commitments"
    label = "commitments"

    def ready(self) -> None:
        import_module("chengzhi.branch.commitments.life")
