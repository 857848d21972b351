"""Sentences are compared in English, whatever language the installation speaks."""

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def english(monkeypatch):
    """Pages are Chinese by default; a command goes by its terminal."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    with translation.override("en"):
        yield
