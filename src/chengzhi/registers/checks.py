"""The needs of an object's steps, by name: what must hold, what is said when it does not."""

from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from chengzhi.files.models import StoredFile
from chengzhi.lifecycle.workings import Check, Move
from chengzhi.registers import asking
from chengzhi.registers.kinds import kind
from chengzhi.registers.models import Party, Permit, RegisteredObject
from chengzhi.registers.policies import day_in


def today(move: Move) -> date:
    """The day of the step on the district's wall."""
    found: date = move.recall("today", lambda: day_in(move.thing.district_id, move.on))
    return found


def object_named(move: Move, fact: str) -> RegisteredObject | None:
    """The other object that is stated, of the same district and kind."""
    number = move.facts[fact]
    same = {"district_id": move.thing.district_id, "kind": move.thing.kind}
    found: RegisteredObject | None = move.recall(
        f"object {number}", lambda: RegisteredObject.objects.filter(pk=number, **same).first()
    )
    return found if found is not None and found.pk != move.thing.pk else None


def permit_named(move: Move) -> Permit | None:
    """The permit that is stated, of this object."""
    number = move.facts["permit"]
    found: Permit | None = move.recall(
        f"permit {number}", lambda: Permit.objects.filter(pk=number, object_id=move.thing.pk).first()
    )
    return found


def in_force(object_id: int, day: date) -> "QuerySet[Permit]":
    """The permits of an object that have not ended by a day (they may begin later), newest first."""
    running = Q(ends_on=None) | Q(ends_on__gte=day)
    return Permit.objects.filter(running, object_id=object_id, ended_on=None)


def _alternative_in(move: Move, *states: str) -> bool:
    other = object_named(move, "alternative")
    return other is not None and other.live and other.state in states


def _until_is_ahead(move: Move) -> bool:
    until: date = move.facts["until"]
    return until > today(move)


def _agreement(move: Move) -> Permit | None:
    found: Permit | None = move.recall(
        "agreement",
        lambda: in_force(move.thing.pk, today(move)).filter(party_id=move.thing.party_id).first(),
    )
    return found if move.thing.party_id is not None else None


def _safety_checked(move: Move) -> bool:
    agreed = _agreement(move)
    since = agreed.recorded_at.date() if agreed else None
    return asking.passed_check(move.thing.pk, _checklist(move), since)


def _checklist(move: Move) -> str:
    course = kind(move.thing.kind).course
    turns = course.turns if course else ()
    return next((turn.checklist for turn in turns if turn.name == move.step.name), "")


def _stop_notice_served(move: Move) -> bool:
    served = move.thing.facts.get("stop_notice_on")
    return bool(served) and date.fromisoformat(served) <= today(move)


def _party_fits(move: Move) -> bool:
    wanted = {"pk": move.facts["party"], "district_id": move.thing.district_id, "state": "active"}
    return Party.objects.filter(kind=kind(move.thing.kind).party, **wanted).exists()


def _permit_party_fits(move: Move) -> bool:
    return "party" not in move.facts or _party_fits(move)


def _ends_after_start(move: Move) -> bool:
    ends = move.facts.get("ends_on")
    return ends is None or move.facts["starts_on"] <= ends


def _renews_further(move: Move) -> bool:
    permit = permit_named(move)
    return permit is None or permit.ends_on is None or move.facts["ends_on"] > permit.ends_on


def _file_is_there(move: Move) -> bool:
    if "file" not in move.facts:
        return True
    return StoredFile.objects.filter(pk=move.facts["file"], district_id=move.thing.district_id).exists()


def _not_renewed(move: Move) -> bool:
    permit = permit_named(move)
    return permit is None or not Permit.objects.filter(renews=permit).exists()


def _permit_runs(move: Move) -> bool:
    permit = permit_named(move)
    return permit is not None and permit.ended_on is None


def _day_not_ahead(move: Move) -> bool:
    day: date = move.facts["day"]
    return day <= today(move)


_ALL: tuple[Check, ...] = (
    Check(
        "alternative_is_open", lambda m: _alternative_in(m, "in_use"),
        _("The alternative must be another one of the same kind, in use now."), of_facts=True,
    ),
    Check(
        "alternative_is_free", lambda m: _alternative_in(m, "free"),
        _("The alternative must be another place of the same kind, free now."), of_facts=True,
    ),
    Check("until_is_ahead", _until_is_ahead, _("The day must lie ahead."), of_facts=True),
    Check("until_not_past", lambda m: "until" not in m.facts or _until_is_ahead(m),
          _("The day must lie ahead."), of_facts=True),
    Check("has_agreement", lambda m: _agreement(m) is not None,
          _("No agreement with the holder is recorded that is still in force.")),
    Check("safety_checked", _safety_checked, _("No passed safety check is recorded since the agreement.")),
    Check("is_only_home", lambda m: m.thing.facts.get("only_home") is True,
          _("It is not recorded as the only home.")),
    Check("stop_notice_served", _stop_notice_served, _("No notice to stop has been served.")),
    Check("party_fits", _party_fits,
          _("The party must be one of the district, of the kind that answers for this."), of_facts=True),
    Check("permit_party_fits", _permit_party_fits,
          _("The party must be one of the district, of the kind that answers for this."), of_facts=True),
    Check("ends_after_start", _ends_after_start, _("It would end before it begins."), of_facts=True),
    Check("renews_further", _renews_further, _("It would not end later than what it renews."), of_facts=True),
    Check("file_is_there", _file_is_there, _("There is no such file."), of_facts=True),
    Check("not_renewed", _not_renewed, _("It has been renewed already."), of_facts=True),
    Check("permit_runs", _permit_runs, _("There is no such permit of this object, or it was ended."),
          of_facts=True),
    Check("day_not_ahead", _day_not_ahead, _("The day lies in the future."), of_facts=True),
    Check("other_fits", lambda m: object_named(m, "other") is not None,
          _("The other one must be of the same kind and district."), of_facts=True),
)  # fmt: skip
CHECKS: dict[str, Check] = {check.name: check for check in _ALL}
