"""The app of the appraisal."""

from django.apps import AppConfig


class AppraisalConfig(AppConfig):
    """Rounds, evidence sheets, ballots, results."""

    name = "chengzhi.branch.appraisal"
    label = "appraisal"
