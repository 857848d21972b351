"""The app of the lectures; at its start its life is joined to its table."""

from importlib import import_module

from django.apps import AppConfig


class LecturesConfig(AppConfig):
    """Lectures: plan, live figures, what each group changes, follow-up."""

    name = "chengzhi.branch.lectures"
    label = "lectures"

    def ready(self) -> None:
        from chengzhi.branch.lectures.workings import EFFECTS
        from chengzhi.lifecycle import effects

        # By name: wiring stands outside the stack.
        wiring = import_module("chengzhi.wiring")
        wiring.bind_effects()
        effects.require(EFFECTS)
