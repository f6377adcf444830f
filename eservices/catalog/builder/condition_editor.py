"""A condition on the screen: lines of question, operator and value, without any syntax.

One form control for whatever holds a condition. It needs no JavaScript: its buttons post the form,
and the screen is drawn again with one line more or less. `static/js/condition.js` asks for the same
drawing in the background. How to use it on another screen: docs/builder.md.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from eservices.formdefs.conditions import (
    MAX_LINES,
    SUCH,
    TODAY,
    Group,
    Line,
    Operator,
    operator_of,
    operators_for,
    read,
    write,
)
from eservices.formdefs.subjects import Subject, within
from eservices.formdefs.wording import condition_words
from portal.core.expressions import validate

ALWAYS, LINES, JSON = "always", "lines", "json"
MAX_DEPTH = 4
TODAY_CHOICE = "@today"
NUMBERS = ("number", "rows")


@dataclass(slots=True)
class Node:
    """A line or a group as the template draws it."""

    id: str
    name: str
    group: Group | None = None
    line: Line | None = None
    items: list["Node"] = field(default_factory=list)
    subject: Subject | None = None
    subjects: list[Subject] = field(default_factory=list)  # what may be chosen here
    operators: list[Operator] = field(default_factory=list)
    takes: str = "nothing"
    texts: list[str] = field(default_factory=list)  # what stands in the value controls
    other: str = ""
    others: list[tuple[str, str]] = field(default_factory=list)
    can_nest: bool = False

    @property
    def path(self) -> str:
        return self.subject.path if self.subject else self.line.subject if self.line else ""

    @property
    def chosen(self) -> str:
        """The operator that stands in its list."""
        return self.group.operator if self.group else self.line.operator if self.line else ""

    @property
    def input_type(self) -> str:
        if self.takes == "number" or (self.subject and self.subject.kind in NUMBERS):
            return "number"
        return "date" if self.subject and self.subject.kind == "date" else "text"


class ConditionEditor:
    """The control `name` of a form. Bound when `data` is given; then read `expression` and `problems`."""

    def __init__(
        self,
        name: str,
        expression: Any,
        subjects: Iterable[Subject],
        *,
        data: QueryDict | None = None,
        label: Any = "",
        none_label: Any = "",
        refresh_url: str = "",
    ) -> None:
        self.name, self.label, self.refresh_url = name, label, refresh_url
        self.none_label = none_label or _("Always")
        self.subjects = {subject.path: subject for subject in subjects}
        self.problems: list[str] = []
        self.wants_more = self.is_partial = False
        self.given_json = ""
        posted = data is not None and f"{name}.mode" in data
        if posted and data is not None:
            self._take(data)
        else:
            self._show(expression)

    # --- What the form reads -------------------------------------------------------------------
    @property
    def words(self) -> str:
        """Return the condition in words, empty when there is none or while it lacks something."""
        return (
            ""
            if self.expression is None or self.is_partial
            else condition_words(self.expression, self.subjects)
        )

    @property
    def json(self) -> str:
        if self.given_json:
            return self.given_json
        return "" if self.expression is None else json.dumps(self.expression, ensure_ascii=False)

    def __str__(self) -> SafeString:
        root = None if self.group is None else self._node(self.group, "0", 1, self.subjects)
        return render_to_string("builder/condition.html", {"editor": self, "root": root})

    # --- From what is stored, from what was posted ------------------------------------------------
    def _show(self, expression: Any) -> None:
        self.expression = expression
        self.group = read(expression, self.subjects)
        self.mode = ALWAYS if expression is None else JSON if self.group is None else LINES

    def _take(self, data: QueryDict) -> None:
        self.mode = data.get(f"{self.name}.mode", ALWAYS)
        self.group = self._posted_group(data)
        self.expression = None
        action = data.get(f"{self.name}.act", "")
        if action:
            self.wants_more = True
            self._act(action)
        if self.mode == JSON:
            self._take_json(data.get(f"{self.name}.json", ""))
        elif self.mode == LINES:
            if not self.wants_more and not self.group.items:
                self.problems.append(_("Add a line, or choose “%s”.") % self.none_label)
            self.expression = write(self.group, self.subjects)

    def _take_json(self, text: str) -> None:
        self.given_json = text
        try:
            expression = json.loads(text) if text.strip() else None
        except ValueError:
            self.problems.append(_("This is not JSON: check the brackets and the quotes."))
            return
        self.problems += validate(expression) if expression is not None else []
        self.expression = expression

    def _posted_group(self, data: QueryDict) -> Group:
        nodes: dict[str, Group] = {"0": Group(self._join(data, "0"))}
        scopes = {"0": self.subjects}
        for node_id in data.getlist(f"{self.name}.node")[:MAX_LINES]:
            above = node_id.rpartition(".")[0]
            if node_id == "0" or above not in nodes or node_id.count(".") > MAX_DEPTH:
                continue
            scope = scopes[above]
            item = self._posted_item(data, node_id, scope)
            nodes[above].items.append(item)
            if isinstance(item, Group):
                nodes[node_id] = item
                scopes[node_id] = within(scope, item.over) if item.over else scope
        return nodes["0"]

    def _posted_item(
        self, data: QueryDict, node_id: str, scope: Mapping[str, Subject]
    ) -> Group | Line:
        name = f"{self.name}.{node_id}"
        subject = scope.get(data.get(f"{name}.subject", ""))
        operator = operator_of(subject, data.get(f"{name}.op", "")) if subject else None
        if subject is not None and operator is not None and operator.takes in SUCH:
            return self._posted_rows(data, node_id, subject, operator)
        if f"{name}.join" in data and f"{name}.subject" not in data:
            return Group(self._join(data, node_id))
        return self._posted_line(data, name, scope)

    def _posted_rows(
        self, data: QueryDict, node_id: str, subject: Subject, operator: Operator
    ) -> Group:
        name = f"{self.name}.{node_id}"
        group = Group(self._join(data, node_id), [], subject.path, operator.code)
        is_new = f"{name}.join" not in data
        if operator.takes == "such_many":
            text = data.get(f"{name}.number", "").strip()
            if not is_new:
                self._need(bool(text), subject)
            group.number = self._number(text, subject)
        if is_new:  # a line of which one just chose to look into the entries
            group.items.append(Line("", "eq"))
            self.wants_more = True
        elif not any(one.startswith(f"{node_id}.") for one in data.getlist(f"{self.name}.node")):
            self.problems.append(_("Add a line that tells which entries of “%s”.") % subject.label)
        return group

    def _join(self, data: QueryDict, node_id: str) -> str:
        return "or" if data.get(f"{self.name}.{node_id}.join") == "or" else "and"

    def _posted_line(self, data: QueryDict, name: str, scope: Mapping[str, Subject]) -> Line:
        path = data.get(f"{name}.subject", "")
        subject = scope.get(path)
        if subject is None:
            self.wants_more = self.wants_more or bool(path)
            if not path:
                self.problems.append(_("Choose the question of each line."))
            else:
                self.problems.append(_("The question “%s” does not stand before this one.") % path)
            return Line(path, "eq")
        operator = operator_of(subject, data.get(f"{name}.op", "")) or operators_for(subject)[0]
        return Line(path, operator.code, self._value(data, name, subject, operator))

    def _value(self, data: QueryDict, name: str, subject: Subject, operator: Operator) -> Any:
        if operator.takes == "nothing":
            return None
        other = data.get(f"{name}.other", "")
        if other and operator.takes == "value":
            return TODAY if other == TODAY_CHOICE else {"var": other}
        texts = [text.strip() for text in data.getlist(f"{name}.value")]
        if operator.takes == "many":
            self._need(any(texts), subject)
            return [text for text in texts if text]
        wanted = 2 if operator.takes == "range" else 1
        texts = ([*texts, "", ""])[:wanted]
        self._need(all(texts), subject)
        as_number = subject.kind in NUMBERS or operator.takes == "number"
        values = [self._number(text, subject) if as_number else text for text in texts]
        return values if wanted == 2 else values[0]

    def _need(self, given: bool, subject: Subject) -> None:
        if not given:
            self.problems.append(_("Give a value to compare “%s” with.") % subject.label)

    def _number(self, text: str, subject: Subject) -> int | float | None:
        try:
            number = float(text.replace(",", ".").replace(" ", ""))
        except ValueError:
            if text:
                self.problems.append(_("“%s” is compared with a number.") % subject.label)
            return None
        return int(number) if number.is_integer() else number

    def _act(self, action: str) -> None:
        """Do what a button asks: a line or a group more, an item less."""
        verb, _sep, node_id = action.partition(":")
        self.is_partial = bool(self.problems) and verb == "refresh"
        self.problems = []
        if verb == "refresh" or self.group is None:
            return
        self.mode = LINES
        if verb == "drop" and "." in node_id:
            parent, _sep, place = node_id.rpartition(".")
            holder, index = self._find(parent)
            if holder is not None and index is None and int(place) < len(holder.items):
                del holder.items[int(place)]
            return
        holder, index = self._find(node_id)
        if verb == "del" and holder is not None and index is not None:
            del holder.items[index]
        elif holder is not None and index is None:
            new: Line | Group = Line("", "eq")
            if verb == "group":
                new = Group("or" if holder.join == "and" else "and", [new])
            holder.items.append(new)

    def _find(self, node_id: str) -> tuple[Group | None, int | None]:
        """Return the group of that id, or the group that holds the line and its place."""
        holder: Group | None = self.group
        steps = node_id.split(".")[1:]
        for depth, step in enumerate(steps):
            index = int(step) if step.isdecimal() else -1
            if holder is None or not 0 <= index < len(holder.items):
                return None, None
            item = holder.items[index]
            last = depth == len(steps) - 1
            if last and not isinstance(item, Group):
                return holder, index
            if not isinstance(item, Group):
                return None, None
            holder = item
        return holder, None

    # --- For the template ------------------------------------------------------------------------
    def _node(
        self, item: Group | Line, node_id: str, depth: int, scope: Mapping[str, Subject]
    ) -> Node:
        node = Node(node_id, f"{self.name}.{node_id}", can_nest=depth < MAX_DEPTH)
        node.subjects = list(scope.values())
        if isinstance(item, Group):
            node.group = item
            inner = within(scope, item.over) if item.over else scope
            node.items = [
                self._node(one, f"{node_id}.{index}", depth + 1, inner)
                for index, one in enumerate(item.items)
            ]
            if item.over:
                self._choose(node, scope[item.over], item.operator)
            return node
        node.line = item
        if subject := scope.get(item.subject):
            operator = self._choose(node, subject, item.operator)
            self._fill(node, item.value)
            if operator.takes == "value" and subject.kind != "list":
                node.others = self._others(subject, scope)
        return node

    def _choose(self, node: Node, subject: Subject, code: str) -> Operator:
        node.subject, node.operators = subject, operators_for(subject)
        operator = operator_of(subject, code) or node.operators[0]
        node.takes = operator.takes
        return operator

    def _fill(self, node: Node, value: Any) -> None:
        if value == TODAY:
            node.other = TODAY_CHOICE
        elif isinstance(value, Mapping):
            node.other = str(value.get("var", ""))
        elif isinstance(value, list):
            node.texts = ["" if one is None else str(one) for one in value]
        elif value is not None:
            node.texts = [str(value)]

    def _others(self, subject: Subject, scope: Mapping[str, Subject]) -> list[tuple[str, str]]:
        """Return the answers it may be compared with: those of the same kind."""
        found = [
            (one.path, one.label)
            for one in scope.values()
            if one.kind == subject.kind and one.path != subject.path
        ]
        return [(TODAY_CHOICE, _("today")), *found] if subject.kind == "date" else found
