"""The catalogue of components and matters: look up, search, map between code sets, extend locally.

Keys are (code set, kind, code): component 01001 and matter 01001 are different things.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import ClassVar

from chengzhi.domains import mapping
from chengzhi.domains.entries import (
    NATIONAL_2007,
    NATIONAL_2013,
    NATIONAL_2026,
    OWN,
    CodeSet,
    Entry,
    code_sets,
    entries,
    holes,
    kind_of,
)
from chengzhi.domains.mapping import Mapped
from chengzhi.domains.search import Index
from chengzhi.errors import Problem
from chengzhi.errors import sentence as _

__all__ = [
    "CATALOGUE",
    "NATIONAL_2007",
    "NATIONAL_2013",
    "NATIONAL_2026",
    "OWN",
    "Catalogue",
    "CodeSet",
    "DuplicateCode",
    "Entry",
    "Mapped",
    "NoLocalCode",
    "UnknownCode",
    "WithdrawnCode",
]


class UnknownCode(Problem):
    """A code that is not in its code set."""

    code: ClassVar[str] = "unknown_code"
    status: ClassVar[int] = 404


class WithdrawnCode(Problem):
    """A number that the standard left empty; it must not be used again."""

    code: ClassVar[str] = "withdrawn_code"
    status: ClassVar[int] = 422


class DuplicateCode(Problem):
    """A local code that is taken, or lies in the space of the standard."""

    code: ClassVar[str] = "duplicate_code"
    status: ClassVar[int] = 422


class NoLocalCode(Problem):
    """No number is left for a local code, or the set has no local numbers."""

    code: ClassVar[str] = "no_local_code"
    status: ClassVar[int] = 422


_KINDS = {"component": _("component"), "matter": _("matter")}


class Catalogue:
    """All entries of all code sets. Immutable: `with_local` gives a district's own."""

    def __init__(self, listed: Iterable[Entry], local: Iterable[Entry] = ()) -> None:
        self.entries = tuple(listed)
        self._local = frozenset(local)
        self._by_key: Mapping[tuple[str, str, str], Entry] = {
            (entry.code_set, entry.kind, entry.code): entry for entry in self.entries
        }
        if len(self._by_key) != len(self.entries):
            raise DuplicateCode(_("A code stands twice in the catalogue."))

    @property
    def code_sets(self) -> Mapping[str, CodeSet]:
        """The code sets by key."""
        return code_sets()

    @property
    def holes(self) -> Mapping[tuple[str, str, str], str]:
        """Withdrawn numbers and why they stay empty."""
        return holes()

    def entry(self, code_set: str, kind: str, code: str) -> Entry:
        """The entry of a code; "E01-10" and "C01-37" of the 2013 lists are understood.

        Raises WithdrawnCode for a hole, UnknownCode for anything else that is not listed.
        """
        key = (code_set, kind_of(kind), bare(code))
        if key in self._by_key:
            return self._by_key[key]
        if key in holes():
            raise WithdrawnCode(
                _("%(code)s of %(set)s was withdrawn.", code=code, set=code_set),
                _("The standard left this number empty, and it is not used again."),
            )
        raise UnknownCode(
            _(
                "%(set)s has no %(kind)s “%(code)s”.",
                set=code_set,
                kind=_KINDS.get(key[1], key[1]),
                code=code,
            ),
            "" if code_set in code_sets() else _("Known code sets: %(known)s.", known=", ".join(code_sets())),
            _("Look it up by name."),
        )

    def find(self, code_set: str, kind: str, code: str) -> Entry | None:
        """Like `entry`, but None for a code that is not listed."""
        return self._by_key.get((code_set, kind_of(kind), bare(code)))

    def of(self, code_set: str, kind: str | None = None) -> tuple[Entry, ...]:
        """All entries of a code set, in its order."""
        wanted = kind and kind_of(kind)
        return tuple(
            entry for entry in self.entries if entry.code_set == code_set and wanted in (None, entry.kind)
        )

    def search(
        self, text: str, code_set: str | None = None, limit: int = 20, kind: str | None = None
    ) -> list[Entry]:
        """Entries by code, name, alias, pinyin initials, full pinyin or English name, best first."""
        wanted = kind and kind_of(kind)
        found = (
            entry
            for entry in self._index.find(text)
            if code_set in (None, entry.code_set) and wanted in (None, entry.kind)
        )
        return [entry for entry, _ in zip(found, range(max(limit, 0)), strict=False)]

    @cached_property
    def _index(self) -> Index:
        return Index(self.entries)

    def map(
        self,
        code: str,
        from_set: str,
        to_set: str,
        kind: str = "matter",
        to_kind: str | None = None,
    ) -> Mapped | None:
        """The entry of `to_set` for a code of `from_set`, or None where none is known.

        Between 2013 and 2026 running numbers were kept; between other sets only equal names count.
        A component of an older set becomes a 2026 case through `to_kind="matter"`. Raises UnknownCode
        for a code that `from_set` does not hold.
        """
        source = self.entry(from_set, kind, code)
        return mapping.find(self, source, to_set, kind_of(to_kind or source.kind))

    def next_local_code(self, code_set: str, kind: str, big: str) -> str:
        """The next code for a local class: they count down from the highest number, never reused.

        Raises NoLocalCode when the set has none or none is left.
        """
        space = code_sets().get(code_set)
        if space is None or space.local_highest is None:
            raise NoLocalCode(_("%(set)s has no numbers for local codes.", set=code_set))
        used, standard = self._numbers(code_set, kind_of(kind), big, space)
        number = min(used, default=space.local_highest + 1) - 1
        if number < (space.local_lowest or max(standard, default=0) + 1):
            raise NoLocalCode(
                _("No local number is left in class %(big)s of %(set)s.", big=big, set=code_set)
            )
        return f"{big}{number:0{space.small_digits}}"

    def _numbers(self, code_set: str, kind: str, big: str, space: CodeSet) -> tuple[set[int], set[int]]:
        """Local and standard small codes of a class. A city's list extends that of 2013."""
        used: set[int] = set()
        standard: set[int] = set()
        city = code_set.startswith("local:")
        for entry in self.entries:
            if (entry.kind, entry.big) != (kind, big):
                continue
            own = entry.code_set == code_set
            if own and (city or entry in self._local):
                used.add(int(entry.code[space.big_digits :]))
            elif own or (city and entry.code_set == NATIONAL_2013):
                standard.add(int(entry.code[space.big_digits :]))
        return used, standard

    def with_local(self, added: Iterable[Entry]) -> "Catalogue":
        """A catalogue with a district's own entries.

        Raises DuplicateCode when a code is taken or lies outside the numbers for local codes, and
        WithdrawnCode when it is a hole.
        """
        fresh = tuple(added)
        for entry in fresh:
            self._check_local(entry)
        return Catalogue((*self.entries, *fresh), (*self._local, *fresh))

    def _check_local(self, entry: Entry) -> None:
        key = (entry.code_set, entry.kind, entry.code)
        if key in holes():
            raise WithdrawnCode(_("%(code)s of %(set)s was withdrawn.", code=entry.code, set=entry.code_set))
        if key in self._by_key:
            raise DuplicateCode(
                _("%(code)s already means “%(name)s”.", code=entry.code, name=self._by_key[key].name)
            )
        space = code_sets().get(entry.code_set)
        if space is None or space.local_lowest is None:
            return
        if not space.local_lowest <= int(entry.code[space.big_digits :]):
            raise DuplicateCode(
                _("%(code)s lies in the numbers of the standard.", code=entry.code),
                _(
                    "Local small codes run from %(highest)s down to %(lowest)s.",
                    highest=space.local_highest,
                    lowest=space.local_lowest,
                ),
            )


def bare(code: str) -> str:
    """A code without the letter and dash of the older lists: "E01-10" is "0110"."""
    text = code.strip()
    return re.sub(r"^[CE](?=\d)|-", "", text) if re.fullmatch(r"[CE]?\d+-?\d+", text) else text


CATALOGUE = Catalogue(entries())
