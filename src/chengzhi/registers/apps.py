"""The app of registers; at its start the lives of all kinds are joined to their table."""

from importlib import import_module

from django.apps import AppConfig


class RegistersConfig(AppConfig):
    """What stands in the street."""

    name = "chengzhi.registers"

    def ready(self) -> None:
        import_module("chengzhi.registers.lives")
