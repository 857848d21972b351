"""The words of a message: the district's own in force on a day, else the shipped ones."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import get_language

from chengzhi.ledger.actions import record
from chengzhi.notices.kinds import Words, kind
from chengzhi.notices.models import MessageText
from chengzhi.people.actor import Actor


def words_for(district_id: int, key: str, language: str, on: date) -> Words:
    """The words in force; an unknown language falls back to the first the kind has."""
    shipped = kind(key).words
    language = language if language in shipped else next(iter(shipped))
    own = (
        MessageText.objects.filter(district_id=district_id, kind=key, language=language, valid_from__lte=on)
        .order_by("-valid_from")
        .first()
    )
    return Words(own.subject, own.body) if own else shipped[language]


def kind_name(key: str) -> str:
    """The kind's name in the language of the page."""
    known = kind(key)
    return known.name_en if (get_language() or "").startswith("en") else known.name


@transaction.atomic
def change_words(
    *, district_id: int, key: str, language: str, words: Words, valid_from: date, by: Actor, on: datetime
) -> MessageText:
    """Give a district its own words from a day on; what was said before stays as it was.

    Raises
    ------
    UnknownKind, UnknownPlaceholder
    """
    kind(key)
    words.checked()
    text, _ = MessageText.objects.update_or_create(
        district_id=district_id, kind=key, language=language, valid_from=valid_from,
        defaults={"subject": words.subject, "body": words.body, "changed_by": by.account_id},
    )  # fmt: skip
    record(
        district_id=district_id, thing="message_text", thing_id=text.pk, step="change",
        by=by, on=on,
        facts={"kind": key, "language": language, "subject": words.subject, "body": words.body,
               "valid_from": valid_from.isoformat()},
    )  # fmt: skip
    return text
