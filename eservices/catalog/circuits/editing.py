"""Changing a circuit: each function returns a new definition and leaves the given one as it is."""

import copy
from collections.abc import Iterator, Mapping
from typing import Any

Definition = dict[str, Any]
Place = tuple[int, int, int]  # node, branch, stage in the branch; -1 where there is none


def nodes_of(definition: Mapping[str, Any]) -> list[Any]:
    circuit = definition.get("circuit")
    stages = circuit.get("stages") if isinstance(circuit, Mapping) else None
    return stages if isinstance(stages, list) else []


def places(definition: Mapping[str, Any]) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    """Yield every stage with its place, in order."""
    for at, node in enumerate(nodes_of(definition)):
        if not isinstance(node, Mapping):
            continue
        if "branches" not in node:
            yield (at, -1, -1), node
            continue
        for number, branch in enumerate(node["branches"]):
            for inner, stage in enumerate(branch if isinstance(branch, list) else [branch]):
                yield (at, number, inner), stage


def find(definition: Mapping[str, Any], key: str) -> tuple[Place, Mapping[str, Any]] | None:
    return next((one for one in places(definition) if str(one[1].get("key")) == key), None)


def block(definition: Mapping[str, Any], key: str) -> tuple[int, Mapping[str, Any]] | None:
    for at, node in enumerate(nodes_of(definition)):
        if isinstance(node, Mapping) and "branches" in node and str(node.get("key")) == key:
            return at, node
    return None


def add(definition: Mapping[str, Any], stage: Mapping[str, Any]) -> Definition:
    """Put `stage` before the one that decides: the last that is no hand-over."""
    changed = _copy(definition)
    nodes = changed["circuit"]["stages"]
    at = len(nodes)
    while at and nodes[at - 1].get("kind") in ("signature", "delivery"):
        at -= 1
    nodes.insert(at, dict(stage))
    return changed


def replace(definition: Mapping[str, Any], key: str, stage: Mapping[str, Any]) -> Definition:
    changed = _copy(definition)
    found = find(changed, key)
    if found is not None:
        _put(changed, found[0], dict(stage))
    return changed


def replace_block(definition: Mapping[str, Any], key: str, values: Mapping[str, Any]) -> Definition:
    changed = _copy(definition)
    found = block(changed, key)
    if found is not None:
        at, node = found
        changed["circuit"]["stages"][at] = {**node, **values}
    return changed


def delete(definition: Mapping[str, Any], key: str) -> Definition:
    changed = _copy(definition)
    found = find(changed, key)
    if found is not None:
        _take(changed, found[0])
    return changed


def move(definition: Mapping[str, Any], key: str, *, by: int) -> Definition:
    """Move a stage, or a whole block, one place up or down."""
    changed = _copy(definition)
    nodes = changed["circuit"]["stages"]
    found = find(changed, key)
    held = block(changed, key)
    at = held[0] if held else found[0][0] if found else -1
    if found and not held and found[0][1] >= 0:
        branches = nodes[at]["branches"]
        _swap(branches, found[0][1], found[0][1] + by)
        return changed
    if at >= 0:
        _swap(nodes, at, at + by)
    return changed


def together(definition: Mapping[str, Any], key: str) -> Definition:
    """Let a stage work at the same time as what stands before it."""
    changed = _copy(definition)
    nodes = changed["circuit"]["stages"]
    found = find(changed, key)
    if found is None or found[0][1] >= 0 or found[0][0] == 0:
        return changed
    at = found[0][0]
    stage, before = nodes.pop(at), nodes[at - 1]
    if "branches" in before:
        before["branches"].append(stage)
    else:
        taken = {str(one.get("key")) for _place, one in places(changed)} | {key}
        number = next(n for n in range(1, 1000) if f"block_{n}" not in taken)
        nodes[at - 1] = {"key": f"block_{number}", "join": "all", "branches": [before, stage]}
    return changed


def apart(definition: Mapping[str, Any], key: str) -> Definition:
    """Let a stage of a block work on its own, after the block."""
    changed = _copy(definition)
    found = find(changed, key)
    if found is None or found[0][1] < 0:
        return changed
    at = found[0][0]
    nodes = changed["circuit"]["stages"]
    before = len(nodes)
    stage = _take(changed, found[0])
    nodes.insert(at + 1 + len(nodes) - before, stage)
    return changed


def _put(changed: Definition, place: Place, stage: dict[str, Any]) -> None:
    at, number, inner = place
    nodes = changed["circuit"]["stages"]
    if number < 0:
        nodes[at] = stage
    elif isinstance(nodes[at]["branches"][number], list):
        nodes[at]["branches"][number][inner] = stage
    else:
        nodes[at]["branches"][number] = stage


def _take(changed: Definition, place: Place) -> dict[str, Any]:
    """Remove a stage; a block with one branch left becomes plain stages again."""
    at, number, inner = place
    nodes = changed["circuit"]["stages"]
    if number < 0:
        taken: dict[str, Any] = nodes.pop(at)
        return taken
    branches = nodes[at]["branches"]
    if isinstance(branches[number], list):
        taken = branches[number].pop(inner)
        if not branches[number]:
            branches.pop(number)
    else:
        taken = branches.pop(number)
    if len(branches) == 1:
        left = branches[0] if isinstance(branches[0], list) else [branches[0]]
        nodes[at : at + 1] = left
    return taken


def _swap(items: list[Any], one: int, other: int) -> None:
    if 0 <= one < len(items) and 0 <= other < len(items):
        items[one], items[other] = items[other], items[one]


def _copy(definition: Mapping[str, Any]) -> Definition:
    changed = {**definition, "circuit": copy.deepcopy(definition.get("circuit") or {})}
    changed["circuit"].setdefault("stages", [])
    return changed
