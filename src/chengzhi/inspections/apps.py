"""The app of inspections; at its start its lives are joined to their tables."""

from importlib import import_module

from django.apps import AppConfig


class InspectionsConfig(AppConfig):
    """Rounds, visits, measurements, approvals, deductions."""

    name = "chengzhi.inspections"

    def ready(self) -> None:
        from chengzhi.inspections.workings import EFFECTS
        from chengzhi.lifecycle import effects

        # By name: wiring stands outside the stack. It is bound by then: cases start before.
        wiring = import_module("chengzhi.wiring")
        wiring.bind_effects()
        effects.require(EFFECTS)
