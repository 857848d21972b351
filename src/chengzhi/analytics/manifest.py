"""Which Parquet files make up a district's flat tables as of one moment.

One manifest = one database snapshot. Files are never changed: a refresh writes new ones beside
the old and then swaps the manifest, so a reader that has read a manifest sees one state.
"""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from chengzhi.analytics.periods import Window, moment
from chengzhi.analytics.tables import TABLES

NAME = "manifest.json"
LAYOUT = "|".join(f"{t.name}:{','.join(t.names)}" for t in TABLES.values())
"""Files of another layout are rebuilt."""


@dataclass(frozen=True)
class Piece:
    """One file: the rows of one table of cases reported, or visits made, in one month (UTC).

    `months` says for each time column in which months its values lie, so that a reader of one
    month skips files that cannot matter.
    """

    table: str
    month: str
    file: str
    rows: int
    months: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Manifest:
    """A consistent set of files.

    snapshot : PostgreSQL's own note of what was committed; whatever it does not hold is not in
        the files. era : how often the database was restored. database : its own
        number; files of another one are of no use.
    """

    district: str
    as_of: datetime
    version: int
    snapshot: str
    era: int
    database: int
    layout: str
    pieces: tuple[Piece, ...]
    former: tuple[str, ...] = ()

    def files(
        self, folder: Path, window: Window | None = None, anchors: Iterable[str] = ()
    ) -> dict[str, list[Path]]:
        """Table name -> files; with a window only those with an anchor time in it."""
        wanted = set(anchors)
        found: dict[str, list[Path]] = {name: [] for name in TABLES}
        for piece in self.pieces:
            if window is None or _matters(piece, window, wanted):
                found[piece.table].append(folder / piece.file)
        return found

    @property
    def horizon(self) -> int:
        """The oldest transaction that was still running: none before it can be missing."""
        return int(self.snapshot.partition(":")[0])

    @property
    def rows(self) -> int:
        """Number of cases."""
        return sum(piece.rows for piece in self.pieces if piece.table == "cases_flat")


def _matters(piece: Piece, window: Window, anchors: set[str]) -> bool:
    first, last = f"{moment(window.start):%Y-%m}", f"{moment(max(window.start, window.end - 1)):%Y-%m}"
    spans = (months for name, months in piece.months.items() if name in anchors)
    return any(first <= month <= last for months in spans for month in months)


def _from_json(said: dict[str, Any]) -> Manifest:
    pieces = tuple(
        Piece(**{**piece, "months": {k: tuple(v) for k, v in piece["months"].items()}})
        for piece in said.pop("pieces")
    )
    as_of = datetime.fromisoformat(said.pop("as_of"))
    former = tuple(said.pop("former"))
    return Manifest(as_of=as_of, pieces=pieces, former=former, **said)


@lru_cache(maxsize=32)
def _parsed(path: Path, stamp: tuple[int, int]) -> Manifest:
    return _from_json(json.loads(path.read_text("utf-8")))


def load(folder: Path) -> Manifest | None:
    """The manifest of a district's folder, or None when none was made yet."""
    path = folder / NAME
    try:
        found = path.stat()
        return _parsed(path, (found.st_mtime_ns, found.st_ino))
    except FileNotFoundError:
        return None


def save(folder: Path, manifest: Manifest) -> None:
    """Swap the manifest in one step, then remove files that neither it nor the last one names."""
    previous = load(folder)
    named = tuple(piece.file for piece in previous.pieces) if previous else ()
    manifest = replace(manifest, former=named)
    text = json.dumps({**asdict(manifest), "as_of": manifest.as_of.isoformat()}, separators=(",", ":"))
    fresh = folder / f"{NAME}.new"
    with fresh.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(folder / NAME)
    kept = {piece.file for piece in manifest.pieces} | set(named)
    for path in folder.glob("*.parquet*"):
        if path.name not in kept:
            path.unlink(missing_ok=True)
