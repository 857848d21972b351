"""A word of the shared vocabulary."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Word:
    """A word: key, Chinese, English."""

    key: str
    name: str
    name_en: str

    def words(self, language: str) -> str:
        """Chinese for `zh…`, else English."""
        return self.name if language.startswith("zh") else self.name_en
