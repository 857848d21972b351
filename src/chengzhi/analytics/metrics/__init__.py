"""Every indicator of the standard, one file each. Importing this package enters them all."""

import pkgutil
from collections.abc import Mapping
from importlib import import_module

from chengzhi.analytics.metric import Metric, Subject, UnknownMetric, registered
from chengzhi.errors import sentence as _

for _found in pkgutil.iter_modules(__path__):
    import_module(f"{__name__}.{_found.name}")

METRICS: Mapping[str, Metric] = dict(registered())


def metric(key: str) -> Metric:
    """Look up one metric. Raises UnknownMetric."""
    try:
        return METRICS[key]
    except KeyError:
        raise UnknownMetric(
            _("There is no metric “%(key)s”.", key=key[:60]),
            cure=_("Use one of: %(known)s.", known=", ".join(METRICS)),
        ) from None


def of(subject: Subject) -> tuple[Metric, ...]:
    """The metrics of one kind of subject."""
    return tuple(m for m in METRICS.values() if m.subject is subject)
