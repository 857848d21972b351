"""The Django app of the evaluation pages."""

from django.apps import AppConfig


class EvaluationPagesConfig(AppConfig):
    """Templates and words of the evaluation pages; it has no tables."""

    name = "chengzhi.web.evaluation"
    label = "web_evaluation"
