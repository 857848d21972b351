"""The app of cases; at its start every effect its life names must be bound."""

from importlib import import_module

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """The street loop."""

    name = "chengzhi.cases"

    def ready(self) -> None:
        from chengzhi.cases.life import CASE_WORKINGS, EFFECTS
        from chengzhi.lifecycle import effects

        # By name: wiring stands outside the stack and imports the areas above this one.
        wiring = import_module("chengzhi.wiring")
        wiring.bind_language()
        wiring.bind_effects()
        effects.require(EFFECTS | CASE_WORKINGS.effect_names)
