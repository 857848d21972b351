"""The Django app of the pages of the appraisal."""

from django.apps import AppConfig


class AppraisalPagesConfig(AppConfig):
    """Templates and words; it has no tables."""

    name = "chengzhi.web.appraisal"
    label = "web_appraisal"
