"""How the drawn reports go through the stages: people of differing skill, clocks of the district.

A course is a matrix of instants, one row a case, one column a step in the order of the
life; NaT where the step does not happen. What lies behind "now" has not happened yet.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from chengzhi.cases.habits import Habits
from chengzhi.demo.draws import Drawn, Kind, Times, volumes
from chengzhi.law.deadlines import deadlines
from chengzhi.law.units import Limit, Unit

Floats = npt.NDArray[np.float64]
NAT = np.datetime64("NaT", "us")
# step, state afterwards; the order in which they can follow one another
STEPS = (
    ("report", "reported"), ("file_directly", "pending_dispatch"), ("send_verify", "pending_verify"),
    ("verify", "pending_file"), ("reject", "not_accepted"), ("file", "pending_dispatch"),
    ("dispatch", "pending_handle"), ("accept", "handling"), ("reply", "handled"),
    ("confirm_reply", "pending_check"), ("send_check", "checking"), ("check_fail", "check_failed"),
    ("rework", "pending_handle"), ("accept", "handling"), ("reply", "handled"),
    ("confirm_reply", "pending_check"), ("send_check", "checking"), ("check_pass", "pending_close"),
    ("close", "closed"),
)  # fmt: skip
(REPORT, DIRECT, SEND_VERIFY, VERIFY, REJECT, FILE, DISPATCH, ACCEPT, REPLY, CONFIRM, SEND_CHECK, FAIL,
 REWORK, ACCEPT2, REPLY2, CONFIRM2, SEND_CHECK2, PASS, CLOSE) = range(len(STEPS))  # fmt: skip
FOUND_BY_US = ("patrol", "video")


@dataclass(frozen=True)
class Skill:
    """Shares of a unit: median share of the limit it uses, share of checks it fails."""

    pace: Floats
    fails: Floats


def skill(units: int, rng: np.random.Generator) -> Skill:
    """Units differ: the quick use a third of the limit, the slow come close to it."""
    return Skill(rng.uniform(0.28, 0.78, units), rng.uniform(0.02, 0.12, units))


def run(
    drawn: Drawn, known: list[Kind], unit: npt.NDArray[np.int64], skills: Skill, habits: Habits,
    rng: np.random.Generator,
) -> Times:  # fmt: skip
    """The whole course of every case, the future included. ``unit`` indexes ``skills``."""
    n = len(drawn.at)
    at = np.full((n, len(STEPS)), NAT, dtype="datetime64[us]")
    ours = np.isin(drawn.channel, FOUND_BY_US)
    at[ours, DIRECT], at[~ours, REPORT] = drawn.at[ours], drawn.at[~ours]
    _before_filing(at, drawn, habits, rng)
    _handling(at, DISPATCH, drawn, known, skills.pace[unit], habits, rng)
    failed = (rng.random(n) < skills.fails[unit]) & ~np.isnat(at[:, SEND_CHECK])
    checked = _later(at[:, SEND_CHECK], _hours(n, 0.7, 0.6, rng), habits)
    at[failed, FAIL] = checked[failed]
    at[:, REWORK] = _later(at[:, FAIL], _hours(n, 0.15, 0.5, rng), habits)
    _handling(at, REWORK, drawn, known, skills.pace[unit] * 0.6, habits, rng)
    again = _later(at[:, SEND_CHECK2], _hours(n, 0.7, 0.6, rng), habits)
    at[:, PASS] = np.where(failed, again, checked)
    at[:, CLOSE] = _later(at[:, PASS], _hours(n, 0.2, 0.5, rng), habits)
    return at


def _before_filing(at: Times, drawn: Drawn, habits: Habits, rng: np.random.Generator) -> None:
    n = len(at)
    at[:, SEND_VERIFY] = _later(at[:, REPORT], _hours(n, 0.12, 0.7, rng), habits)
    at[:, VERIFY] = _later(at[:, SEND_VERIFY], _hours(n, 0.8, 0.6, rng), habits)
    decided = _later(at[:, VERIFY], _hours(n, 0.15, 0.6, rng), habits)
    said = volumes()["channels"]
    filed = np.array([said[channel][1] / said[channel][0] for channel in drawn.channel])
    accepted = rng.random(n) < filed
    at[accepted, FILE], at[~accepted, REJECT] = decided[accepted], decided[~accepted]
    filed_at = np.where(np.isnat(at[:, DIRECT]), at[:, FILE], at[:, DIRECT])
    at[:, DISPATCH] = _later(filed_at, _hours(n, 0.12, 0.7, rng), habits)


def _handling(
    at: Times, first: int, drawn: Drawn, known: list[Kind], pace: Floats, habits: Habits,
    rng: np.random.Generator,
) -> None:  # fmt: skip
    """Accept, reply, confirm, send to check: four columns behind ``first``."""
    n = len(at)
    at[:, first + 1] = _later(at[:, first], _hours(n, 0.25, 0.6, rng), habits)
    used = pace * rng.lognormal(0, 0.5, n)
    replied = _share_of_limit(at[:, first], drawn.kind, known, used, habits)
    at[:, first + 2] = np.maximum(replied, at[:, first + 1] + np.timedelta64(60, "s"))
    at[:, first + 3] = _later(at[:, first + 2], _hours(n, 0.15, 0.5, rng), habits)
    at[:, first + 4] = _later(at[:, first + 3], _hours(n, 0.15, 0.5, rng), habits)


def due(start: Times, kind: npt.NDArray[np.int64], known: list[Kind], habits: Habits) -> Times:
    """The handling deadline of each case counted from ``start``."""
    out = np.full(len(start), NAT, dtype="datetime64[us]")
    for number, what in enumerate(known):
        rows = kind == number
        out[rows] = deadlines(start[rows], what.limit, habits.calendar)[0]
    return out


def _share_of_limit(
    start: Times, kind: npt.NDArray[np.int64], known: list[Kind], used: Floats, habits: Habits
) -> Times:
    out = np.full(len(start), NAT, dtype="datetime64[us]")
    steps = np.clip(np.round(used * 20), 1, 80).astype(int)
    for number, step in {(int(k), int(s)) for k, s in zip(kind, steps, strict=True)}:
        rows = (kind == number) & (steps == step)
        limit = known[number].limit.times(step / 20)
        out[rows] = deadlines(start[rows], limit, habits.calendar)[0]
    return np.asarray(out + np.timedelta64(37, "s") * (steps % 7), dtype="datetime64[us]")


def _hours(n: int, median: float, sigma: float, rng: np.random.Generator) -> Floats:
    return np.clip(median * rng.lognormal(0, sigma, n), 0.02, 24)


def _later(start: Times, hours: Floats, habits: Habits) -> Times:
    """Some working hours later; steps of three minutes, so that one count serves many rows."""
    out = np.full(len(start), NAT, dtype="datetime64[us]")
    steps = np.maximum(np.round(hours * 20), 1).astype(int)
    for step in np.unique(steps):
        rows = steps == step
        out[rows] = deadlines(start[rows], Limit(step / 20, Unit.WORKING_HOURS), habits.calendar)[0]
    return out


def until(at: Times, now: np.datetime64) -> npt.NDArray[np.int64]:
    """Forget what lies behind ``now``; returns the column of the last step of each case."""
    at[at > now] = NAT
    happened = ~np.isnat(at)
    return np.asarray(at.shape[1] - 1 - np.argmax(happened[:, ::-1], axis=1), dtype=np.int64)
