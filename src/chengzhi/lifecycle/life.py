"""A life is a table: which step leads from which states to which, by whom, on what grounds.

The diagram, the buttons, the permission rows, the clocks, the tests and the reference page
are all made from it. Nothing here reads a database.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from chengzhi.lifecycle.problems import BrokenLife, NoSuchStep


@dataclass(frozen=True, slots=True)
class Step:
    """One row of a life.

    Attributes
    ----------
    name : short English name, unique in its life.
    label, label_en : what the button says.
    before : states it starts from; empty for a birth.
    after : state it leads to; None leaves the state as it is.
    by : permission it asks for.
    within : name of the clock that must not have run out; being late is recorded, not refused.
    counted_from : field of the thing from which that clock is counted.
    needs : named checks, all of which must hold.
    effects : what follows from it, by name.
    article : the rule the step rests on, quoted in the record.
    sentence, sentence_en : how history tells it; placeholders in braces.
    undo : may be taken back within the undo period. final : says beforehand that it may not.
    wants : facts a person must give, in the order of the form; `optional` may be given.
    """

    name: str
    label: str
    label_en: str
    before: frozenset[str]
    after: str | None
    by: str
    within: str | None = None
    counted_from: str | None = None
    needs: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    article: str = ""
    sentence: str = ""
    sentence_en: str = ""
    undo: bool = True
    final: bool = False
    wants: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()

    @property
    def birth(self) -> bool:
        """Whether the step brings a thing into being."""
        return not self.before

    def words(self, language: str) -> str:
        """The label in Chinese for `zh…`, else in English."""
        return self.label if language.startswith("zh") else self.label_en

    def leads_from(self, state: str) -> bool:
        """Whether a thing in this state may take the step at all."""
        return state in self.before


@dataclass(frozen=True)
class Life:
    """A named tuple of steps over a set of states.

    Raises BrokenLife when it is made: states that cannot be reached, ends that are not ends,
    steps of the same name, steps that mention an unknown state.
    """

    name: str
    steps: tuple[Step, ...]
    states: Mapping[str, tuple[str, str]]
    start: str
    ends: frozenset[str]
    _by_name: dict[str, Step] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        faults = list(_faults(self))
        if faults:
            raise BrokenLife(f"The life “{self.name}” is not whole.", "; ".join(faults))
        self._by_name.update({step.name: step for step in self.steps})

    def step(self, name: str) -> Step:
        """The step of that name. Raises NoSuchStep."""
        try:
            return self._by_name[name]
        except KeyError:
            raise NoSuchStep.named(name, self.name) from None

    @property
    def names(self) -> Collection[str]:
        """The names of all steps."""
        return self._by_name.keys()

    def allowed(self, state: str) -> tuple[Step, ...]:
        """The steps that start from a state, in the order of the table."""
        return tuple(step for step in self.steps if step.leads_from(state))

    def births(self) -> tuple[Step, ...]:
        """The steps that bring a thing into being."""
        return tuple(step for step in self.steps if step.birth)

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Every allowed (state, step name)."""
        for step in self.steps:
            yield from ((state, step.name) for state in sorted(step.before))

    def state_words(self, state: str, language: str) -> str:
        """A state's name in Chinese for `zh…`, else in English; an unknown one as it is."""
        chinese, english = self.states.get(state, (state, state))
        return chinese if language.startswith("zh") else english

    def diagram(self, language: str = "zh") -> str:
        """The life as a mermaid state diagram."""
        rows = [f"    {state} : {self.state_words(state, language)}" for state in self.states]
        rows += [f"    {_arrow(step, state, language)}" for step in self.steps for state in _from(step)]
        rows += [f"    {end} --> [*]" for end in sorted(self.ends)]
        return "\n".join(["stateDiagram-v2", *rows])

    def validate(
        self,
        *,
        permissions: Collection[str],
        checks: Collection[str],
        clocks: Collection[str],
        effects: Collection[str],
        facts: Collection[str],
    ) -> None:
        """Refuse names that no registry knows. Raises BrokenLife naming each of them."""
        known = {"by": permissions, "within": clocks, "needs": checks, "effects": effects, "wants": facts}
        faults = [
            f"{step.name}: unknown {slot} “{name}”"
            for step in self.steps
            for slot, name in _names(step)
            if name not in known[slot]
        ]
        if faults:
            raise BrokenLife(f"The life “{self.name}” names what does not exist.", "; ".join(faults))


def _names(step: Step) -> Iterator[tuple[str, str]]:
    yield "by", step.by
    if step.within:
        yield "within", step.within
    for slot in ("needs", "effects", "wants"):
        yield from ((slot, name) for name in getattr(step, slot))
    yield from (("wants", name) for name in step.optional)


def _from(step: Step) -> list[str]:
    if step.after is None:
        return []
    return sorted(step.before) or ["[*]"]


def _arrow(step: Step, state: str, language: str) -> str:
    return f"{state} --> {step.after} : {step.words(language)}"


def _reached(life: Life) -> set[str]:
    """States that some chain of steps leads to from a birth."""
    reached = {step.after for step in life.steps if step.birth and step.after}
    while True:
        more = {s.after for s in life.steps if s.after and s.before & reached} - reached
        if not more:
            return reached
        reached |= more


def _way_out(life: Life) -> set[str]:
    """States from which some chain of steps leads to an end."""
    able = set(life.ends)
    while True:
        more = {b for s in life.steps if s.after in able for b in s.before} - able
        if not more:
            return able
        able |= more


def _faults(life: Life) -> Iterator[str]:
    names = [step.name for step in life.steps]
    yield from (f"two steps are called {name}" for name in sorted({n for n in names if names.count(n) > 1}))
    mentioned = {s for step in life.steps for s in (*step.before, step.after) if s} | life.ends | {life.start}
    yield from (f"unknown state {state}" for state in sorted(mentioned - set(life.states)))
    yield from (f"{state} cannot be reached" for state in sorted(set(life.states) - _reached(life)))
    yield from (f"{state} leads to no end" for state in sorted(set(life.states) - _way_out(life)))
    yield from (f"{step.name} is a birth into no state" for step in life.births() if step.after is None)
    yield from (f"{s.name} is final and yet may be undone" for s in life.steps if s.final and s.undo)
    yield from (f"{s.name} has no sentence" for s in life.steps if not (s.sentence and s.sentence_en))
