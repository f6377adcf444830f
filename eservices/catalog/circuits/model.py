"""The circuit of an e-service as data: stages one after the other, or at the same time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.core.texts import pick

KINDS = ("review", "visa", "opinion", "hearing", "payment", "signature", "delivery")
SEEING_KINDS = ("review", "visa", "opinion", "hearing")  # somebody looks at the request there
NEXT, SAME, BACK, REFUSE = "next", "same", "back", "refuse"
WAYS = (NEXT, SAME, BACK, REFUSE)  # where an outcome leads, besides the key of an earlier stage
SILENCES = ("record", "accept", "refuse")
TIMER_ACTIONS = ("remind", "escalate", *SILENCES)
LINK_DAYS = 7  # how long the link to an outside person works, unless the stage says otherwise
STEP_PREFIX = "stage_"  # the step of the desk's form that asks the fields of a stage


@dataclass(frozen=True)
class StageOutcome:
    """One way to leave a stage. `proposal` is what it proposes for the decision, if anything."""

    key: str
    label: Any
    to: str = NEXT
    needs_reason: bool = False
    proposal: str = ""
    require: Any = None  # the condition under which it may be chosen, and what is told otherwise
    message: Any = None

    @property
    def text(self) -> str:
        return pick(self.label)

    @property
    def needs_motive(self) -> bool:
        return self.to == REFUSE or self.proposal == "refused"

    @property
    def goes_back(self) -> bool:
        return self.to not in (NEXT, REFUSE)


@dataclass(frozen=True)
class Timer:
    """What happens when a stage has waited: `after` counts working days or hours.

    `day` is an expression giving a date; where it gives one to come, the timer waits for its end.
    """

    after: Mapping[str, int]
    do: str
    day: Any = None


def _told(key: str, label: Promise, **more: Any) -> StageOutcome:
    return StageOutcome(key, label, **more)


PROPOSALS = (
    _told("granted", _("Propose to grant"), proposal="granted"),
    _told("refused", _("Propose to refuse"), proposal="refused"),
)
DEFAULT_OUTCOMES: dict[str, tuple[StageOutcome, ...]] = {
    "review": PROPOSALS,
    "visa": (
        _told("favourable", _("Favourable")),
        _told("remarks", _("Favourable with remarks"), needs_reason=True),
        _told("returned", _("Send back"), to=BACK, needs_reason=True),
    ),
    "opinion": (
        _told("favourable", _("Favourable")),
        _told("unfavourable", _("Unfavourable"), needs_reason=True),
    ),
    "hearing": (
        _told("favourable", _("Favourable")),
        _told("adjourned", _("Adjourned"), to=SAME, needs_reason=True),
        _told("rejected", _("Rejected"), to=REFUSE, needs_reason=True),
    ),
    "payment": (_told("paid", _("Paid")),),
    "signature": (),
    "delivery": (),
}
# Several bodies at work at the same time propose nothing: they finish, or send back.
IN_PARALLEL = (
    _told("done", _("Done")),
    _told("returned", _("Send back"), to=BACK, needs_reason=True),
)


@dataclass(frozen=True)
class Stage:
    """What one office does with a case."""

    key: str
    kind: str
    title: Any
    role: str
    office: Any = None  # nothing: the case's own; a code; an expression; {"relative": "parent"}
    actor: Any = None  # nothing: anybody with the role; "superior"; an expression giving an e-mail
    show_if: Any = None
    fields: tuple[Mapping[str, Any], ...] = ()
    outcomes: tuple[StageOutcome, ...] = ()
    deadline: Mapping[str, int] | None = None
    timers: tuple[Timer, ...] = ()
    amount: Any = None  # of a payment: the expression that gives what the applicant pays
    registry: Mapping[str, Any] | None = None
    outside: Mapping[str, Any] | None = None
    hearing: Mapping[str, Any] | None = None
    sees: tuple[str, ...] = ()  # steps, fields and pieces that another office may read; all if none
    block: str = ""
    branch: int = 0
    has_own_outcomes: bool = False
    source: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def step_key(self) -> str:
        return STEP_PREFIX + self.key

    @property
    def proposes(self) -> bool:
        """Whether it ends with a plain proposal to grant or refuse, and asks nothing else."""
        return self.outcomes == PROPOSALS and not (self.fields or self.registry)

    def outcome(self, key: str) -> StageOutcome | None:
        return next((one for one in self.outcomes if one.key == key), None)

    @property
    def is_seen(self) -> bool:
        """Whether somebody looks at the request here, before it is decided."""
        return self.kind in SEEING_KINDS

    @property
    def stages(self) -> tuple["Stage", ...]:
        return (self,)

    def title_in(self, language: str | None = None) -> str:
        return pick(self.title, language) or self.key

    def outside_help(self, language: str | None = None) -> str:
        """Return what an outside person reads under the question."""
        return pick((self.outside or {}).get("help"), language)


@dataclass(frozen=True)
class Block:
    """Branches at work at the same time; `join` says how many must finish before going on."""

    key: str
    title: Any
    branches: tuple[tuple[Stage, ...], ...]
    join: str | int = "all"
    again: str = "unfinished"  # after a step back: which branches work again, "unfinished" or "all"

    @property
    def stages(self) -> tuple[Stage, ...]:
        return tuple(stage for branch in self.branches for stage in branch)

    def wanted(self, shown: int) -> int:
        """Return how many of `shown` branches must finish."""
        if self.join == "all":
            return shown
        return min(1 if self.join == "any" else int(self.join), shown)

    def title_in(self, language: str | None = None) -> str:
        return pick(self.title, language) or self.key


Node = Stage | Block


@dataclass(frozen=True)
class Circuit:
    nodes: tuple[Node, ...]

    @classmethod
    def of(cls, spec: Mapping[str, Any]) -> "Circuit":
        """Read the circuit of a definition that `lint.faults` found sound."""
        circuit = spec["circuit"]
        return cls(tuple(_node(entry) for entry in circuit["stages"]))

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        return tuple(stage for node in self.nodes for stage in node.stages)

    @property
    def first(self) -> Stage:
        return self.stages[0]

    @property
    def decider(self) -> Stage:
        """The stage that grants or refuses: the last, before the hand-over."""
        return next(stage for stage in reversed(self.stages) if stage.kind != "delivery")

    @property
    def delivery(self) -> Stage | None:
        last = self.stages[-1]
        return last if last.kind == "delivery" else None

    def stage(self, key: str) -> Node:
        """Return the stage or the block called `key`. :raises StopIteration: never for a case's own."""
        return next(one for one in (*self.stages, *self.nodes) if one.key == key)

    def find(self, key: str) -> Stage | None:
        return next((one for one in self.stages if one.key == key), None)

    def block(self, key: str) -> Block:
        return next(one for one in self.nodes if isinstance(one, Block) and one.key == key)

    def position(self, key: str) -> int:
        """Return where the node stands that is, or holds, the stage `key`."""
        return next(
            at
            for at, node in enumerate(self.nodes)
            if node.key == key or any(stage.key == key for stage in node.stages)
        )

    def earlier(self, key: str) -> list[Stage]:
        """Return the stages that a case may be sent back to from `key`, first one first."""
        here = next((one for one in self.stages if one.key == key), None)
        before = [one for node in self.nodes[: self.position(key)] for one in node.stages]
        if here is not None and here.block:
            branch = self.block(here.block).branches[here.branch]
            before += branch[: branch.index(here)]
        return before


def _node(entry: Mapping[str, Any]) -> Node:
    if "branches" not in entry:
        return _stage(entry)
    branches = tuple(
        tuple(_stage(stage, block=str(entry["key"]), branch=number) for stage in _listed(branch))
        for number, branch in enumerate(entry["branches"])
    )
    return Block(
        key=str(entry["key"]),
        title=entry.get("title"),
        branches=branches,
        join=entry.get("join", "all"),
        again=entry.get("again", "unfinished"),
    )


def _listed(branch: Any) -> list[Mapping[str, Any]]:
    """A branch is one stage, or a list of stages."""
    return branch if isinstance(branch, list) else [branch]


def _stage(entry: Mapping[str, Any], *, block: str = "", branch: int = 0) -> Stage:
    kind = entry["kind"]
    own = entry.get("outcomes")
    default = IN_PARALLEL if block and kind == "review" else DEFAULT_OUTCOMES[kind]
    return Stage(
        key=str(entry["key"]),
        kind=kind,
        title=entry.get("title"),
        role=entry.get("role", "agent"),
        office=entry.get("office"),
        actor=entry.get("actor"),
        show_if=entry.get("show_if"),
        fields=tuple(entry.get("fields") or ()),
        outcomes=tuple(_outcome(one) for one in own) if own else default,
        deadline=entry.get("deadline"),
        timers=tuple(
            Timer(one["after"], one["do"], one.get("day")) for one in entry.get("timers") or ()
        ),
        amount=entry.get("amount") if kind == "payment" else None,
        registry=entry.get("registry"),
        outside=None if entry.get("outside") is None else {"days": LINK_DAYS, **entry["outside"]},
        hearing=entry.get("hearing"),
        sees=tuple(entry.get("sees") or ()),
        block=block,
        branch=branch,
        has_own_outcomes=bool(own),
        source=entry,
    )


def _outcome(entry: Mapping[str, Any]) -> StageOutcome:
    to = str(entry.get("to", NEXT))
    return StageOutcome(
        key=str(entry["key"]),
        label=entry.get("label"),
        to=to,
        needs_reason=bool(entry.get("reason", to != NEXT)),
        proposal=str(entry.get("proposal", "")),
        require=entry.get("require"),
        message=entry.get("message"),
    )


def entries(circuit: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the raw stages of a definition's circuit, those of branches included."""
    for node in circuit.get("stages") or []:
        if isinstance(node, Mapping) and "branches" in node:
            for branch in node.get("branches") or []:
                yield from (one for one in _listed(branch) if isinstance(one, Mapping))
        elif isinstance(node, Mapping):
            yield node


def with_desk_steps(definition: Mapping[str, Any]) -> dict[str, Any]:
    """Return the definition with one more step for each stage that asks something of agents.

    One form engine for citizens and agents: a stage's questions may look at any earlier answer.
    """
    steps = [
        {
            "key": STEP_PREFIX + str(stage.get("key")),
            "title": stage.get("title") or str(stage.get("key")),
            "fields": list(stage["fields"]),
            **({"rules": stage["rules"]} if stage.get("rules") else {}),
        }
        for stage in entries(definition["circuit"])
        if stage.get("fields")
    ]
    return {**definition, "steps": [*definition["steps"], *steps]}
