"""The circuit of a case is that of its version; the catalog reads and checks it."""

from eservices.catalog.circuits.model import Block, Circuit, Node, Stage, StageOutcome, Timer

__all__ = ["Block", "Circuit", "Node", "Stage", "StageOutcome", "Timer"]
