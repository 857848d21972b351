"""The form of a step, made from the facts the step asks for."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from chengzhi.cases.actions import Button
from chengzhi.cases.models import Case
from chengzhi.people.actor import Actor
from chengzhi.web.desk_case.fields import Making, field_of

FLAGS = frozenset({"urgent"})
TEXTS = ("reason", "note")


class StepForm(forms.Form):
    """What one person states when taking one step on one case."""

    def __init__(self, case: Case, button: Button, actor: Actor, on: datetime, *args: Any) -> None:
        super().__init__(*args)
        self.step = button.step
        asked = [(fact, True) for fact in button.wants] + [(fact, False) for fact in button.optional]
        for fact, required in asked:
            making = Making(case, button.step, actor, on, required)
            self.fields[fact.name] = field_of(fact, making)

    @property
    def text_field(self) -> str:
        """The field ready texts go into; empty when the step has none."""
        name = next((one for one in TEXTS if one in self.fields), "")
        return self[name].auto_id or "" if name else ""

    @property
    def on_map(self) -> bool:
        """Whether a place is to be chosen."""
        return "lon" in self.fields

    @property
    def near(self) -> Sequence[Case]:
        """Cases that may be meant by “other case”."""
        field = self.fields.get("other")
        return getattr(field, "near", [])

    def facts(self) -> dict[str, Any]:
        """What was stated and could be read; empty fields are left out."""
        said = {name: self.cleaned_data.get(name) for name in self.fields if name in self.cleaned_data}
        return {n: v for n, v in said.items() if n in FLAGS or v not in (None, "")}


def sent_photos(files: Any) -> "list[UploadedFile[Any]]":
    """The photos sent with a form."""
    return list(files.getlist("photos"))
