"""The app of the appraisal."""

from django.apps import AppConfig


class AppraisalConfig(AppConfig):
    """Rounds, evidence sheets, ballots, results."""

    name = "chengzhi.branch.appraisal"
    label = "appraisal"

    def ready(self) -> None:
        """Join the life of a round to its table."""
        from chengzhi.branch.appraisal import life, named_life

        assert life.ROUND_WORKINGS
        assert named_life.NAMED_WORKINGS
