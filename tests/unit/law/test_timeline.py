"""Zones as arrays read clocks as Python does, also where the clock jumps."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from chengzhi.law.timeline import micros, zone


def wall(moment):
    """Wall-clock microseconds of an aware time, as if the clock on the wall showed UTC."""
    return micros(moment.replace(tzinfo=UTC, fold=0))


def around(day):
    """Every quarter of an hour of three days."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=1)
    return [start + timedelta(minutes=15 * step) for step in range(3 * 96)]


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("America/New_York", date(2011, 11, 6)),
        ("America/New_York", date(2012, 3, 11)),
        ("Asia/Shanghai", date(1986, 5, 4)),
        ("Australia/Lord_Howe", date(2024, 4, 7)),
        ("Asia/Shanghai", date(2026, 4, 3)),
    ],
)
def test_both_ways_agree_with_python(name, day):
    info, table = ZoneInfo(name), zone(name)
    moments = around(day)
    utc = np.array([micros(moment) for moment in moments], dtype=np.int64)
    expected = [wall(moment.astimezone(info)) for moment in moments]
    assert table.to_local(utc).tolist() == expected
    # The same quarters read as wall-clock times, those that occur twice or never included.
    local = [moment.replace(tzinfo=info) for moment in moments]
    instants = [micros(moment.astimezone(UTC)) for moment in local]
    assert table.to_utc(utc).tolist() == instants
