"""The stages that a version of an e-service sends its cases through, one after the other."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["review", "signature"]


@dataclass(frozen=True)
class Stage:
    key: str
    kind: Kind
    title: Any
    role: str


@dataclass(frozen=True)
class Circuit:
    stages: tuple[Stage, ...]
    same_person: bool  # may who instructs also sign

    @classmethod
    def of(cls, spec: Mapping[str, Any]) -> "Circuit":
        circuit = spec["circuit"]
        stages = tuple(
            Stage(stage["key"], stage["kind"], stage.get("title"), stage["role"])
            for stage in circuit["stages"]
        )
        return cls(stages, bool(circuit.get("same_person", False)))

    @property
    def first(self) -> Stage:
        return self.stages[0]

    def stage(self, key: str) -> Stage:
        return next(stage for stage in self.stages if stage.key == key)

    def after(self, key: str) -> Stage | None:
        """Return the stage that follows `key`; None after the last."""
        position = self.stages.index(self.stage(key)) + 1
        return self.stages[position] if position < len(self.stages) else None
