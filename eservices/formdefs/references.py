"""Who reads the answer to a question: the rest of its definition, place by place."""

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from portal.core.texts import pick

ROW_FORMS = ("some", "every", "filter", "pluck", "sum", "count")
HOLE = re.compile(r"\{([a-z][a-z0-9_.]*)\}")


@dataclass(frozen=True, slots=True)
class Use:
    """A place that reads an answer, in words; `target` is where an editor changes it."""

    words: str
    target: str


def uses(definition: Mapping[str, Any], key: str, *, group: str = "") -> list[Use]:
    """Return every place that reads the question `key` (a column, when its `group` is given)."""
    found: dict[Use, None] = {}
    for use, node in _places(definition):
        own = use.target.partition(":")[2]
        itself = own == (f"{group}.{key}" if group else key)
        if not itself and _reads(node, key, group, within=own.partition(".")[0] == group):
            found[use] = None
    return list(found)


def rename_variable(
    definition: Mapping[str, Any], old: str, new: str, *, group: str = ""
) -> dict[str, Any]:
    """Return the definition in which everything that read `old` reads `new`."""
    if not group:
        return _Renamer(old, new, "").any(dict(definition), inside=False)
    changed = _Renamer(old, new, group).any(dict(definition), inside=False)
    for step in changed.get("steps") or []:
        _rename_inside(step, old, new, group)
    return changed


def _rename_inside(holder: dict[str, Any], old: str, new: str, group: str) -> None:
    """Rename the column where its group stands, in the step or in one of its sections."""
    for index, field in enumerate(holder.get("fields") or []):
        if field.get("type") == "section":
            _rename_inside(field, old, new, group)
        elif field.get("key") == group:
            holder["fields"][index] = _Renamer(old, new, group).any(field, inside=True)


# --- Reading -----------------------------------------------------------------------------------
def _places(definition: Mapping[str, Any]) -> Iterator[tuple[Use, Any]]:
    """Every part that may hold an expression, with its name and its address."""
    for step in definition.get("steps") or []:
        name = pick(step.get("title")) or str(step.get("key"))
        own = {key: value for key, value in step.items() if key not in ("fields", "title", "intro")}
        yield Use(_("the step “%s”") % name, f"step:{step.get('key')}"), own
        for field in step.get("fields") or []:
            yield from _field_places(field, "")
    sections = {
        "pieces": _("the piece “%s”"),
        "fees": _("the fee “%s”"),
        "documents": _("the document “%s”"),
    }
    for section, words in sections.items():
        for entry in definition.get(section) or []:
            label = pick(entry.get("label") or entry.get("title")) or str(entry.get("key"))
            yield Use(words % label, f"section:{section}"), entry
    for stage in (definition.get("circuit") or {}).get("stages") or []:
        label = pick(stage.get("title")) or str(stage.get("key"))
        yield Use(_("the stage “%s”") % label, "section:circuit"), stage
    yield Use(_("the choice of the office"), "section:offices"), {"x": definition.get("routing")}
    contact = definition.get("contact") or {}
    names = [*contact.get("name", []), contact.get("phone"), contact.get("email")]
    yield (
        Use(_("how the person is reached"), "section:contact"),
        [{"var": name} for name in names if name],
    )


def _field_places(field: Mapping[str, Any], group: str) -> Iterator[tuple[Use, Any]]:
    name = pick(field.get("label")) or str(field.get("key") or field.get("use"))
    path = f"{group}.{field.get('key')}" if group else str(field.get("key"))
    own = {key: value for key, value in field.items() if key not in ("fields", "label", "help")}
    yield Use(_("the question “%s”") % name, f"field:{path}"), own
    inner = str(field.get("key")) if field.get("type") == "group" else group
    for column in field.get("fields") or []:
        yield from _field_places(column, inner)


def _reads(node: Any, key: str, group: str, *, within: bool) -> bool:
    wanted = f"row.{key}" if group else key
    if isinstance(node, str):
        return any(hole.partition(".")[0] == key for hole in HOLE.findall(node)) and not group
    if isinstance(node, list):
        return any(_reads(one, key, group, within=within) for one in node)
    if not isinstance(node, Mapping):
        return False
    if set(node) == {"var"} and isinstance(node["var"], str):
        path = node["var"]
        return (within or not group) and (path == wanted or path.startswith(f"{wanted}."))
    if not group and (node.get("rows") == key or node.get("field") == key):
        return True
    if group and ((within and node.get("field") == key) or _over(node, group, key)):
        return True
    return any(
        _reads(value, key, group, within=within or _opens(node, group)) for value in node.values()
    )


def _opens(node: Mapping[str, Any], group: str) -> bool:
    """Whether `node` goes through the rows of the group."""
    if node.get("rows") == group and group:
        return True
    name = next(iter(node), "")
    given = node.get(name)
    return name in ROW_FORMS and isinstance(given, list) and {"var": group} in given[:1]


def _over(node: Mapping[str, Any], group: str, column: str) -> bool:
    """Whether `node` sums or plucks the column, or prints it in the cells of a table."""
    if node.get("rows") == group:
        return any(column in HOLE.findall(str(cell)) for cell in node.get("cells") or [])
    name = next(iter(node), "")
    return _opens(node, group) and name in ("sum", "pluck") and node[name][1:] == [column]


# --- Renaming ----------------------------------------------------------------------------------
@dataclass(slots=True)
class _Renamer:
    old: str
    new: str
    group: str

    def any(self, node: Any, *, inside: bool) -> Any:
        if isinstance(node, list):
            return [self.any(one, inside=inside) for one in node]
        if isinstance(node, str):
            return self.holes(node) if inside == bool(self.group) else node
        if not isinstance(node, Mapping):
            return copy.copy(node)
        if set(node) == {"var"} and isinstance(node["var"], str):
            return {"var": self.variable(node["var"], inside=inside)}
        opened = bool(self.group) and (inside or _opens(node, self.group))
        changed = {key: self.any(value, inside=opened) for key, value in node.items()}
        return self.names(node, changed, inside=inside)

    def variable(self, path: str, *, inside: bool) -> str:
        old = f"row.{self.old}" if self.group else self.old
        if self.group and not inside:
            return path
        if path == old or path.startswith(f"{old}."):
            return (f"row.{self.new}" if self.group else self.new) + path[len(old) :]
        return path

    def holes(self, text: str) -> str:
        return HOLE.sub(
            lambda match: (
                "{" + self.variable(match[1], inside=False) + "}"
                if not self.group
                else ("{" + self.new + "}" if match[1] == self.old else match[0])
            ),
            text,
        )

    def names(
        self, node: Mapping[str, Any], changed: dict[str, Any], *, inside: bool
    ) -> dict[str, Any]:
        """Names that stand alone: the field of a rule, the rows of a table, a column to sum."""
        if not self.group:
            for name in ("field", "rows", "phone", "email"):
                if node.get(name) == self.old:
                    changed[name] = self.new
            if isinstance(node.get("name"), list):
                changed["name"] = [self.new if one == self.old else one for one in node["name"]]
        elif inside and node.get("field") == self.old:
            changed["field"] = self.new
        elif _over(node, self.group, self.old) and "rows" not in node:
            name = next(iter(node))
            changed[name] = [changed[name][0], self.new]
        return changed
