"""The app of the rectification ledger; at its start its life is joined to its table."""

from importlib import import_module

from django.apps import AppConfig


class RectificationConfig(AppConfig):
    """Items, evidence, readings of figures."""

    name = "chengzhi.branch.rectification"
    label = "rectification"

    def ready(self) -> None:
        from chengzhi.branch.rectification.workings import EFFECTS
        from chengzhi.lifecycle import effects

        # By name: wiring stands outside the stack.
        wiring = import_module("chengzhi.wiring")
        wiring.bind_effects()
        effects.require(EFFECTS)
