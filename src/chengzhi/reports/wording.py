"""What people type, made fit to be stored: nothing invisible, nothing that turns other text round."""

import unicodedata

from django.utils.translation import gettext as _

from chengzhi.reports.problems import TextTooLong

LONGEST_TEXT = 2000
LONGEST_ADDRESS = 250
# Emoji need the joiner U+200D and the variation selectors, Persian the non-joiner U+200C:
# they stay. What overrides the direction of *other* text, or is invisible for no reason, goes.
_KEPT_FORMAT = {"\u200c", "\u200d"}
_ALWAYS_OUT = {"\u2028", "\u2029", "\ufeff", "\ufffe", "\uffff"}


def _stays(sign: str) -> bool:
    if sign == "\n" or sign in _KEPT_FORMAT:
        return True
    if sign in _ALWAYS_OUT:
        return False
    # Cc control, Cf format (bidi overrides, tags), Cs lone surrogate, Co private, Cn unassigned
    category = unicodedata.category(sign)
    return category not in ("Cc", "Cf", "Cs", "Co") or "\U000e0020" <= sign <= "\U000e007f"


def clean_text(text: str, *, longest: int = LONGEST_TEXT) -> str:
    """Text in NFC without control, override or private signs; line ends are LF.

    Right-to-left letters and emoji stay as they are. Raises TextTooLong beyond `longest`
    characters: nothing is cut off silently.
    """
    if text.isascii() and text.isprintable():
        plain = text.strip()  # the common case of machines, at a tenth of the price
    else:
        lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
        kept = "".join(sign for sign in lines if _stays(sign))
        plain = unicodedata.normalize("NFC", kept).strip()
    if len(plain) > longest:
        raise TextTooLong(
            _("The text has %(length)d characters.") % {"length": len(plain)},
            _("At most %(longest)d are kept.") % {"longest": longest},
            _("Say the main thing; more can be added on the follow-up page."),
        )
    return plain


def clean_line(text: str, *, longest: int = LONGEST_ADDRESS) -> str:
    """The same on one line, with single blanks."""
    return " ".join(clean_text(text, longest=4 * longest).split())[:longest]
