"""What may go wrong with accounts, posts and rights; one class per cause."""

from chengzhi.errors import Problem


class NameTaken(Problem):
    """Another account has this user name."""

    code = "people.name_taken"
    status = 409


class BadUserName(Problem):
    """A user name with characters that look alike, or too short."""

    code = "people.bad_user_name"


class UnknownAccount(Problem):
    """No account has this user name."""

    code = "people.unknown_account"
    status = 404


class LastAdministrator(Problem):
    """Nobody would be left who can manage accounts."""

    code = "people.last_administrator"
    status = 409


class WrongUnit(Problem):
    """The unit belongs to another district or is no longer in use."""

    code = "people.wrong_unit"


class BadPeriod(Problem):
    """The last day lies before the first."""

    code = "people.bad_period"


class AlreadyHeld(Problem):
    """The account holds this very post at that time already."""

    code = "people.already_held"
    status = 409
