"""The Django app of the register pages."""

from django.apps import AppConfig


class RegisterPagesConfig(AppConfig):
    """Templates and words; it has no tables."""

    name = "chengzhi.web.registers"
    label = "web_registers"
