"""Checks that what a domain says of its registers and checklists names what exists."""

from collections.abc import Iterator

from chengzhi.domains.catalogue import CATALOGUE, NATIONAL_2026
from chengzhi.domains.domain import BadDomain, Domain
from chengzhi.domains.kinds import PARTY_KINDS, Course, Kind


def check_registers(domain: Domain) -> None:
    """Refuse unknown parties, checklists, measurements, components, case types and states. Raises BadDomain."""
    faults = [*_cases(domain), *_measures(domain), *_beside(domain), *_alarms(domain), *_sums(domain)]
    for kind in domain.registers:
        faults += [f"{kind.key}: {fault}" for fault in _faults(domain, kind)]
    if faults:
        raise BadDomain(f"The domain {domain.key} names what does not exist.", "; ".join(faults))


def _faults(domain: Domain, kind: Kind) -> Iterator[str]:
    if kind.party is not None and kind.party not in PARTY_KINDS:
        yield f"party {kind.party}"
    yield from (f"checklist {key}" for key in kind.checklists if domain.checklist(key) is None)
    known = {entry.code for entry in CATALOGUE.of(NATIONAL_2026, "component")}
    yield from (f"component {code}" for code in kind.components if code not in known)
    keys = [field.key for field in kind.fields]
    yield from (f"field {key} twice" for key in sorted({k for k in keys if keys.count(k) > 1}))
    yield from (f"choices of {one.key}" for one in kind.fields if (one.type == "choice") != bool(one.choices))
    yield from (f"hours {key}" for key in kind.hours or () if kind.field(key) is None)
    if kind.course is not None:
        yield from _course(kind.course)
        yield from _turns(domain, kind, kind.course)


def _turns(domain: Domain, kind: Kind, course: Course) -> Iterator[str]:
    for turn in course.turns:
        kept = [field for _, field in turn.sets] + [name for name in turn.clears if name != "party"]
        yield from (f"{turn.name} keeps {key}" for key in kept if kind.field(key) is None)
        yield from (f"{turn.name} sets {fact}" for fact, _ in turn.sets if fact not in turn.wants)
        if turn.checklist and turn.checklist not in kind.checklists:
            yield f"{turn.name} wants checklist {turn.checklist}"


def _course(course: Course) -> Iterator[str]:
    said = {course.start, *course.ends, *course.live}
    said |= {state for turn in course.turns for state in (*turn.before, turn.after) if state}
    yield from (f"state {state}" for state in sorted(said - set(course.states)))


def _cases(domain: Domain) -> Iterator[str]:
    conditions = {(each.code, one.key) for each in domain.types for one in each.conditions}
    items = [(item.key, item.opens) for each in domain.checklists for item in each.items]
    items += [(one.key, one.opens) for one in domain.measurements]
    yield from (f"{key} opens {opens}" for key, opens in items if opens and opens not in conditions)


def _measures(domain: Domain) -> Iterator[str]:
    for each in domain.checklists:
        yield from (f"{each.key} measures {key}" for key in each.measures if domain.measurement(key) is None)


def _beside(domain: Domain) -> Iterator[str]:
    types, kinds = {each.code for each in domain.types}, {kind.key: kind for kind in domain.registers}
    for one in domain.beside:
        yield from (f"beside {one.kind}: type {code}" for code in one.types if code not in types)
        if one.kind not in kinds:
            yield f"beside: kind {one.kind}"
            continue
        course = kinds[one.kind].course
        states = course.states if course else _COMMON_STATES
        yield from (f"beside {one.kind}: state {state}" for state in one.states if state not in states)
        yield from (
            f"beside {one.kind}: fact {key}" for key in one.facts if kinds[one.kind].field(key) is None
        )


_COMMON_STATES = frozenset({"in_use", "suspended", "removed"})


def _alarms(domain: Domain) -> Iterator[str]:
    kinds = {kind.key: kind for kind in domain.registers}
    for one in domain.alarms:
        if one.kind not in kinds or one.checklist not in kinds[one.kind].checklists:
            yield f"alarm {one.key}: kind {one.kind} with checklist {one.checklist}"
        elif one.only is not None and kinds[one.kind].field(one.only) is None:
            yield f"alarm {one.key}: fact {one.only}"


def _sums(domain: Domain) -> Iterator[str]:
    types, kinds = {each.code for each in domain.types}, {kind.key: kind for kind in domain.registers}
    wanted = (*domain.number_types, *(domain.demand.types if domain.demand else ()))
    yield from (f"type {code}" for code in wanted if code not in types)
    if domain.demand is not None and domain.demand.kind not in kinds:
        yield f"demand: kind {domain.demand.kind}"
    said = domain.balance
    if said is None:
        return
    kind = kinds.get(said.kind)
    if kind is None or kind.field(said.quantity) is None or kind.field(said.split) is None:
        yield f"balance of {said.kind}"
