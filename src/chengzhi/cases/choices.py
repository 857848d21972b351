"""What each person chose for the work list."""

from typing import ClassVar

from django.db import models

from chengzhi.people.models import Account
from chengzhi.places.models import District


class ListChoice(models.Model):
    """The columns a person wants to see in a district, and the filter last used there."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    district = models.ForeignKey(District, on_delete=models.CASCADE)
    columns = models.JSONField(default=list)
    query = models.JSONField(default=dict)

    class Meta:
        app_label = "cases"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "district"], name="list_choice_once")
        ]
