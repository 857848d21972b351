"""What every method answers with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chengzhi.errors import Sentence


@dataclass
class Found:
    """An effect on the treated with its chance.

    Parameters
    ----------
    att: in units of the outcome.
    se, ci, p: None where chance cannot be told.
    df: degrees of freedom of the interval.
    overall: simple, dynamic, group, calendar.
    event: by time since the start.
    groups: by cohort and time, as the file writes them.
    pretrend: p of no difference before the start.
    misfit: of a synthetic control before, in spreads of the treated series.
    """

    method: str
    att: float
    se: float | None = None
    ci: tuple[float, float] | None = None
    p: float | None = None
    df: float = 1e6
    inference: str = "none"
    control: str | None = None
    overall: Mapping[str, float | None] | None = None
    overall_se: Mapping[str, float | None] | None = None
    event: Sequence[Mapping[str, Any]] = ()
    groups: Sequence[Mapping[str, Any]] = ()
    weights: Sequence[Mapping[str, Any]] = ()
    pretrend: float | None = None
    misfit: float | None = None
    twfe: Mapping[str, Any] | None = None
    bacon: Sequence[Mapping[str, Any]] = ()
    warnings: list[Sentence] = field(default_factory=list)


@dataclass(frozen=True)
class Answer:
    """What is found together with how far it carries."""

    found: Found
    units: int
    treated: int
    times: int
    grade: str
    words: str
    reasons: Sequence[Sentence]
    mde: float | None
    warnings: Sequence[Sentence]
    seed: int
    registered: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The fixed shape; what does not apply is null or []."""
        one = self.found
        return {
            "method": one.method, "att": one.att, "se": one.se, "ci": list(one.ci) if one.ci else None,
            "p": one.p, "overall": dict(one.overall) if one.overall else None,
            "event": list(one.event), "groups": list(one.groups), "weights": list(one.weights),
            "pretrend": {"p": one.pretrend}, "units": self.units, "mde": self.mde, "grade": self.grade,
            "warnings": [str(said) for said in (*self.reasons, *self.warnings)],
            "words": self.words, "inference": one.inference, "control": one.control,
            "overall_se": dict(one.overall_se) if one.overall_se else None, "twfe": one.twfe,
            "bacon": list(one.bacon), "treated_units": self.treated, "times": self.times,
            "seed": self.seed, "registered": self.registered,
        }  # fmt: skip
