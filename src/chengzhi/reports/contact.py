"""Who reported and how to reach them, as said; kept sealed."""

import json
import unicodedata
from dataclasses import asdict, dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from chengzhi.people.phones import is_phone, normal_phone
from chengzhi.reports.problems import BadEmail, BadPhone
from chengzhi.reports.sealing import open_sealed, same_phone_mark, seal


@dataclass(frozen=True, slots=True)
class Contact:
    """A reporter's own data; all of it optional."""

    name: str = ""
    phone: str = ""
    email: str = ""

    def __bool__(self) -> bool:
        return bool(self.name or self.phone or self.email)

    def sealed(self, district_id: int) -> bytes:
        """As it may lie in the database."""
        return seal(json.dumps(asdict(self), ensure_ascii=False), bound_to=_binding(district_id))

    @staticmethod
    def opened(sealed: bytes | memoryview, district_id: int) -> "Contact":
        """From what lies in the database. Raises SealBroken."""
        return Contact(**json.loads(open_sealed(bytes(sealed), bound_to=_binding(district_id))))

    def phone_mark(self) -> bytes | None:
        """Equal for the same number, whoever gave it; None without one."""
        return same_phone_mark(self.phone) if self.phone else None


def contact(*, name: str = "", phone: str = "", email: str = "") -> Contact:
    """A Contact from what somebody typed: full-width digits, spaces and dashes are fine.

    Raises BadPhone or BadEmail.
    """
    number = normal_phone(phone)
    if number and not is_phone(number):
        raise BadPhone(
            _("This is not a telephone number."),
            _("It needs 5 to 15 digits; spaces, dashes and + are fine."),
            _("Correct it, or leave it empty: a contact is not needed."),
        )
    address = unicodedata.normalize("NFKC", email).strip()
    if address:
        _check_email(address)
    clean = " ".join("".join(s for s in name if s.isprintable()).split())
    return Contact(clean[:60], number, address)


def _check_email(address: str) -> None:
    try:
        validate_email(address)
    except ValidationError as error:
        raise BadEmail(
            _("This is not a mail address."),
            _("It needs a name, an @ and a domain."),
            _("Correct it, or leave it empty: a contact is not needed."),
        ) from error


def _binding(district_id: int) -> str:
    return f"reporter:{district_id}"
