"""A table of ratings, one row a score, as the estimators read it: from memory or from a CSV file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from chengzhi.branch.appraisal.estimators.problems import (
    BadScore,
    TooFewRatings,
    UnknownColumn,
    UnreadableRatings,
    listed,
    short,
)
from chengzhi.errors import Sentence
from chengzhi.errors import sentence as _

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]
#: What a file may write where nobody gave a score.
NOT_RATED = ("", "na", "nan", "null", "none", "-")
FEWEST_RATERS = 3


@dataclass(frozen=True)
class Columns:
    """Which column of a file says what; `more` are further ones, for fixed and random terms."""

    ratee: str
    rater: str
    score: str
    criterion: str | None = None
    group: str | None = None
    more: tuple[str, ...] = ()

    def roles(self) -> dict[str, str]:
        """Role → column, of those that are given."""
        named = {
            "ratee": self.ratee, "rater": self.rater, "score": self.score,
            "criterion": self.criterion, "group": self.group,
        }  # fmt: skip
        return {role: name for role, name in named.items() if name is not None}


@dataclass(frozen=True)
class Factor:
    """A column of names: `levels[codes[i]]` is the name in row i.

    Levels stand in the order of numbers where all are numbers, else of text: never by score.
    """

    name: str
    levels: tuple[str, ...]
    codes: Codes

    @classmethod
    def of(cls, name: str, values: Sequence[str] | NDArray[np.str_]) -> "Factor":
        """Code the values of a column."""
        found, codes = np.unique(np.asarray(values, dtype=np.str_), return_inverse=True)
        order = _natural(found)
        place = np.empty(len(order), dtype=np.int64)
        place[order] = np.arange(len(order))
        return cls(name, tuple(str(found[one]) for one in order), place[codes])

    def __len__(self) -> int:
        return len(self.levels)

    @property
    def counts(self) -> Codes:
        """How many rows each level has."""
        return np.bincount(self.codes, minlength=len(self)).astype(np.int64)

    def joined(self, other: "Factor") -> "Factor":
        """The factor of the pairs that occur, named `a:b`."""
        both = self.codes * len(other) + other.codes
        found, codes = np.unique(both, return_inverse=True)
        pairs = (divmod(int(one), len(other)) for one in found)
        levels = tuple(f"{self.levels[a]}:{other.levels[b]}" for a, b in pairs)
        return Factor(f"{self.name}:{other.name}", levels, codes.astype(np.int64))

    def taken(self, rows: NDArray[np.bool_]) -> "Factor":
        """The same for some rows only, without levels that no longer occur."""
        return Factor.of(self.name, np.array(self.levels, dtype=np.str_)[self.codes[rows]])


def _natural(levels: NDArray[np.str_]) -> NDArray[np.intp]:
    try:
        numbers = levels.astype(np.float64)
    except ValueError:
        return np.arange(len(levels))
    return np.argsort(numbers, kind="stable")


@dataclass(frozen=True)
class Ratings:
    """Scores with who got them and who gave them.

    Parameters
    ----------
    score: one finite number a row.
    ratee, rater: who is rated and who rates; names in both are the same person only in a round robin.
    criterion: what was rated, where a rating has several scores.
    group: the round-robin group of a row.
    more: further columns by name.
    warnings: what was left out on the way here.
    """

    score: Numbers
    ratee: Factor
    rater: Factor
    criterion: Factor | None = None
    group: Factor | None = None
    more: Mapping[str, Factor] = field(default_factory=dict)
    warnings: tuple[Sentence, ...] = ()

    def __len__(self) -> int:
        return len(self.score)

    def column(self, name: str) -> Factor:
        """A column by the name it has in the file, whatever its role.

        Raises
        ------
        UnknownColumn: there is none.
        """
        known = {one.name: one for one in (self.ratee, self.rater, self.criterion, self.group) if one}
        known |= dict(self.more)
        if name not in known:
            raise UnknownColumn(
                _("There is no column “%(name)s”.", name=short(name)),
                _("The columns are: %(known)s.", known=listed(known)),
                _("Name a column of the first line exactly as it stands there."),
            )
        return known[name]

    def means(self, factor: Factor) -> Numbers:
        """Raw mean score of each level."""
        sums = np.bincount(factor.codes, self.score, minlength=len(factor))
        return np.asarray(sums / factor.counts, dtype=np.float64)

    def raters_of(self, factor: Factor, other: Factor) -> Codes:
        """How many different levels of `other` stand beside each level of `factor`."""
        pairs = np.unique(factor.codes * len(other) + other.codes) // len(other)
        return np.bincount(pairs, minlength=len(factor)).astype(np.int64)

    def taken(self, rows: NDArray[np.bool_], *warnings: Sentence) -> "Ratings":
        """Some rows only, with the reason why among the warnings."""
        return Ratings(
            self.score[rows], self.ratee.taken(rows), self.rater.taken(rows),
            self.criterion.taken(rows) if self.criterion else None,
            self.group.taken(rows) if self.group else None,
            {name: one.taken(rows) for name, one in self.more.items()}, (*self.warnings, *warnings),
        )  # fmt: skip


def read(path: Path, columns: Columns) -> Ratings:
    """Ratings from a CSV file in UTF-8 or GB 18030, separated by comma, tab or semicolon.

    Raises
    ------
    UnreadableRatings: no table.
    UnknownColumn: a column is missing, or one column is named for two roles.
    BadScore: a score is no finite number.
    TooFewRatings: nothing is left, or all scores are of one ratee.
    """
    return from_table(_table(path), columns)


def from_table(table: pl.DataFrame, columns: Columns) -> Ratings:
    """Ratings from a table of text; see `read` for what it raises."""
    _demand(table, columns)
    text = table[columns.score].fill_null("").str.strip_chars()
    blank = text.str.to_lowercase().is_in(NOT_RATED).to_numpy()
    score = _scores(text.filter(pl.Series(~blank)), np.flatnonzero(~blank))
    warnings = [_("%(n)s rows without a score were left out.", n=int(blank.sum()))] if blank.any() else []
    kept = table.filter(pl.Series(~blank))
    names = {
        name: Factor.of(name, kept[name].fill_null("").str.strip_chars().to_numpy().astype(np.str_))
        for name in {*columns.roles().values(), *columns.more} - {columns.score}
    }
    made = Ratings(
        score, names[columns.ratee], names[columns.rater],
        names[columns.criterion] if columns.criterion else None,
        names[columns.group] if columns.group else None,
        {name: names[name] for name in columns.more}, tuple(warnings),
    )  # fmt: skip
    return enough(_named(made))


def enough(ratings: Ratings) -> Ratings:
    """The same, or a refusal where no two ratees can be compared."""
    if len(ratings.ratee) >= 2:
        return ratings
    raise TooFewRatings(
        _("There are scores of %(n)s ratees only.", n=len(ratings.ratee) if len(ratings) else 0),
        _("An estimate compares ratees with each other."),
        _("Give the scores of at least two ratees."),
    )


def _named(ratings: Ratings) -> Ratings:
    """Without the rows that do not say who rated or was rated."""
    said = np.ones(len(ratings), dtype=np.bool_)
    for factor in (ratings.ratee, ratings.rater):
        if "" in factor.levels:
            said &= factor.codes != factor.levels.index("")
    if said.all():
        return ratings
    return ratings.taken(said, _("%(n)s rows without a rater or ratee were left out.", n=int((~said).sum())))


def _table(path: Path) -> pl.DataFrame:
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("gb18030", errors="replace")
    first = text.partition("\n")[0]
    separator = next((one for one in (",", "\t", ";") if one in first), ",")
    try:
        if "\0" in text:
            raise pl.exceptions.ComputeError("NUL")
        return pl.read_csv(BytesIO(text.encode()), separator=separator, infer_schema=False)
    except pl.exceptions.PolarsError as error:
        raise UnreadableRatings(
            _("“%(file)s” cannot be read as a table.", file=short(path.name)),
            _("It is empty, no text, or has rows of different lengths."),
            _("Save it as CSV with column names in the first line and one score a row."),
        ) from error


def _demand(table: pl.DataFrame, columns: Columns) -> None:
    roles = columns.roles()
    for name in (*roles.values(), *columns.more):
        if name not in table.columns:
            raise UnknownColumn(
                _("There is no column “%(name)s”.", name=short(name)),
                _("The columns are: %(known)s.", known=listed(table.columns)),
                _("Name a column of the first line exactly as it stands there."),
            )
    twice = [name for name in roles.values() if list(roles.values()).count(name) > 1]
    if twice or columns.score in columns.more:
        raise UnknownColumn(
            _("The column “%(name)s” is named for two things.", name=short([*twice, columns.score][0])),
            _("Ratee, rater, score, criterion and group are different columns."),
            _("Name a column of its own for each."),
        )


def _scores(text: pl.Series, rows: NDArray[np.intp]) -> Numbers:
    numbers = text.cast(pl.Float64, strict=False)
    bad = (numbers.is_null() | ~numbers.is_finite()).to_numpy()
    if bad.any():
        first = int(np.flatnonzero(bad)[0])
        raise BadScore(
            _(
                "“%(score)s” in line %(line)s is not a score.",
                score=short(text[first]),
                line=int(rows[first]) + 2,
            ),
            _("%(n)s scores are not finite numbers.", n=int(bad.sum())),
            _("Correct them, or leave the field empty where nobody rated."),
        )
    return np.asarray(numbers.to_numpy(), dtype=np.float64)
