"""Answers saved with a form: tried again, opened, renamed, told otherwise what they must give."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from eservices.catalog.builder.preview import compiled, keep_answers
from eservices.catalog.builder.ready import ReadyView
from eservices.formdefs import editing, engine
from eservices.formdefs.engine import CompiledSpec
from eservices.formdefs.trials import Outcome, Trial, day_of, renamed, without, written_out
from portal.core.errors import BadConfiguration
from portal.core.money import Money
from portal.core.texts import pick

MAX_NAME = 120


class TestsView(ReadyView):
    """All of them, those that fail first; tried again at each visit and at each publication."""

    section = "tests"

    @cached_property
    def tests(self) -> list[dict[str, Any]]:
        return list(self.definition.get("tests") or [])

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        trials = self.state.trials
        rows = [
            (index, test, trial, self._price(trial))
            for index, (test, trial) in enumerate(zip(self.tests, trials, strict=False))
        ]
        rows.sort(key=lambda row: row[2].is_right)
        return self.page("tests", rows=rows, tests=self.tests, failures=self.state.failures)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        act, _sep, index = request.POST.get("act", "").partition(":")
        if not index.isdecimal() or int(index) >= len(self.tests):
            raise Http404
        at = int(index)
        if act == "load":
            return self.load(at)
        if act == "accept" and at < len(self.state.trials):
            changed = [*self.tests]
            changed[at] = accepted(changed[at], self.state.trials[at].outcome)
            summary = _("Test “%s” now expects what it gives")
        elif act == "delete":
            changed, summary = without(self.tests, at), _("Test “%s” deleted")
        else:
            raise Http404
        return self.keep(changed, summary % self.tests[at].get("name"))

    def load(self, at: int) -> HttpResponse:
        """Put its answers in the preview; what they become there can replace it."""
        keep_answers(self.request, self.eservice, written_out(self.tests)[at]["answers"])
        return redirect(f"{self.url('preview')}?test={at}")

    def keep(self, tests: list[dict[str, Any]], said: str) -> HttpResponse:
        changed = editing.put(self.definition, "tests", tests)
        return self.save(changed, said, "tests", said=said)

    def _price(self, trial: Trial) -> str:
        return price(trial.outcome.fee, str(self.definition.get("currency")))


class TestView(TestsView):
    """One of them: its name, its answers in words, what they must give."""

    @property
    def at(self) -> int:
        if self.kwargs["index"] >= len(self.tests):
            raise Http404
        return int(self.kwargs["index"])

    def get(self, request: HttpRequest, pk: int, index: int) -> HttpResponse:  # type: ignore[override]
        return self._page(self.tests[self.at])

    def post(self, request: HttpRequest, pk: int, index: int) -> HttpResponse:  # type: ignore[override]
        at, name = self.at, request.POST.get("name", "").strip()[:MAX_NAME]
        problems = self._problems(name)
        wanted = self._expected()
        if problems:
            return self._page(self.tests[at] | wanted | {"name": name}, problems, 422)
        changed = renamed(self.tests, at, name)
        changed[at] |= wanted
        return self.keep(changed, _("Test “%s” changed") % name)

    def _problems(self, name: str) -> dict[str, str]:
        others = [one.get("name") for at, one in enumerate(self.tests) if at != self.at]
        problems = {}
        if not name:
            problems["name"] = _("Give the test a name.")
        elif name in others:
            problems["name"] = _("Another test has this name.")
        fee = self._fee()
        if fee and not fee.isdecimal():
            problems["fee"] = _("The price is a whole number, without the currency.")
        return problems

    def _fee(self) -> str:
        """Return the price that was typed, without the spaces of its thousands."""
        return "".join(self.request.POST.get("fee", "").split())

    def _expected(self) -> dict[str, Any]:
        """What the page says the answers must give. What was never looked at stays so if it holds."""
        given = self.request.POST
        found = self._trial.outcome if self._trial else None
        wanted: dict[str, Any] = {
            name: given.getlist(name) for name in ("wrong", "steps", "pieces")
        }
        if more := given.get("more_wrong"):
            wanted["wrong"] = [*wanted["wrong"], more]
        fee = self._fee()
        if fee.isdecimal() and len(fee) < 16:
            wanted["fee"] = int(fee)
        gives = found.as_expected() if found else {}
        test = self.tests[self.at]
        return {
            name: value
            for name, value in wanted.items()
            if name in test or value != gives.get(name)
        }

    @cached_property
    def _trial(self) -> Trial | None:
        trials = self.state.trials
        return trials[self.at] if self.at < len(trials) else None

    def _page(
        self, test: Mapping[str, Any], problems: dict[str, str] | None = None, status: int = 200
    ) -> HttpResponse:
        try:
            spec = compiled(self.definition)
        except BadConfiguration:
            return redirect(self.url("tests"))
        found = self._trial.outcome if self._trial else None
        gives = found.as_expected() if found else {}
        whole = written_out(self.tests)[self.at]
        return self.page(
            "test",
            status,
            test=test,
            at=self.at,
            day=day_of(whole),
            trial=self._trial,
            problems=problems or {},
            fee=test.get("fee", gives.get("fee", "")),
            parts=_parts(spec, test, gives),
            others=_questions(spec, {*test.get("wrong", []), *gives.get("wrong", [])}),
            sections=engine.summary(spec, whole["answers"], str(get_language() or "fr")),
        )


@dataclass(frozen=True, slots=True)
class Part:
    """Something that answers give a list of; `lines` are (key, label, is expected, is given)."""

    name: str
    label: str
    lines: list[tuple[str, str, bool, bool]]


def accepted(test: Mapping[str, Any], found: Outcome) -> dict[str, Any]:
    """Return the test that expects what it gives now."""
    named = test.get("computed")
    values = {one: found.computed.get(one) for one in named} if named else {}
    return {**test, **found.as_expected(), **({"computed": values} if named else {})}


def price(amount: int, currency: str) -> str:
    return str(Money(amount, currency))


def _parts(spec: CompiledSpec, test: Mapping[str, Any], gives: Mapping[str, Any]) -> list[Part]:
    steps = [(one.key, pick(one.title)) for one in spec.steps]
    pieces = [(one.key, pick(one.config.get("label"))) for one in spec.pieces]
    order = {field.key: at for at, field in enumerate(spec.fields)}
    known = sorted(
        {*test.get("wrong", []), *gives.get("wrong", [])},
        key=lambda path: (order.get(path.partition(".")[0], len(order)), path),
    )
    wrong = [
        (path, engine.label_of(spec, path) or path if path else _("The price")) for path in known
    ]
    return [
        _part("wrong", _("Questions refused"), wrong, test, gives),
        _part("steps", _("Steps shown"), steps, test, gives),
        _part("pieces", _("Pieces asked"), pieces, test, gives),
    ]


def _part(
    name: str,
    label: str,
    lines: Iterable[tuple[str, str]],
    test: Mapping[str, Any],
    gives: Mapping[str, Any],
) -> Part:
    given = gives.get(name, [])
    wanted = test.get(name, given)
    return Part(name, label, [(key, text, key in wanted, key in given) for key, text in lines])


def _questions(spec: CompiledSpec, left_out: set[str]) -> list[tuple[str, str]]:
    """Return the questions that a test may yet expect to be refused."""
    return [
        (field.key, pick(field.config.get("label")) or field.key)
        for field in spec.fields
        if field.type.asks and field.key not in left_out
    ]
