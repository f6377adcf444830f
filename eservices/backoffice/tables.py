"""Figures as tables and bars, in words: what the page shows and what the CSV holds."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from eservices.backoffice import wording
from eservices.backoffice.access import Agent
from eservices.backoffice.oversight import Oversight
from eservices.catalog import services as catalog
from eservices.catalog.models import EService
from eservices.figures.activity import Activity
from eservices.figures.forecast import Forecast, past_weeks
from eservices.figures.measures import AGES, Figures, total
from eservices.figures.periods import Period
from portal.accounts.models import User
from portal.core.texts import pick


@dataclass(frozen=True)
class Share:
    """Per cent; None when there is nothing to share."""

    value: int | None

    def __str__(self) -> str:
        return "–" if self.value is None else f"{self.value}\u202f%"


@dataclass(frozen=True)
class Bar:
    label: str
    number: int
    width: int  # of a hundred


@dataclass(frozen=True)
class Table:
    key: str
    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[Any]]
    bars: Sequence[Bar] = ()

    @property
    def lines(self) -> list[list[tuple[str, str]]]:
        """The cells as text, each with the head of its column, for narrow screens."""
        return [[(name, _text(cell)) for name, cell in zip(self.head, row, strict=True)]
                for row in self.rows]  # fmt: skip

    @property
    def heads(self) -> list[tuple[str, bool]]:
        """The heads of the columns, and whether numbers stand below: words start where lines start."""
        columns = list(zip(*self.rows, strict=True)) or [()] * len(self.head)
        return [
            (name, not all(isinstance(cell, str) for cell in cells))
            for name, cells in zip(self.head, columns, strict=True)
        ]

    @property
    def columns(self) -> list[str]:
        """The heads for a spreadsheet, which holds bare numbers: each says its unit."""
        columns = list(zip(*self.rows, strict=True)) or [()] * len(self.head)
        return [_with_unit(name, cells) for name, cells in zip(self.head, columns, strict=True)]

    @property
    def sheet(self) -> list[list[Any]]:
        return [[_plain(cell) for cell in row] for row in self.rows]


class OfficeTables:
    """The tables of a chief: by service, office, agent, motive, age, and what is to be expected."""

    def __init__(self, oversight: Oversight, activity: Activity, recent: Activity) -> None:
        self.oversight = oversight
        self.offices = oversight.offices
        self.office_ids = oversight.office_ids
        self.activity = activity
        self.recent = recent
        self.services = activity.services(self.office_ids)
        self.all = total(self.services.values())

    @cached_property
    def _eservices(self) -> dict[int, EService]:
        rows = EService.objects.select_related("current").defer("definition", "current__spec")
        return rows.in_bulk(list(self.services))

    @cached_property
    def titles(self) -> dict[int, str]:
        return {pk: row.title_in() for pk, row in self._eservices.items()}

    def _motive(self, service: int, code: str) -> str:
        """Return a motive in words: those of the version in force, which keeps old codes."""
        version = self._eservices[service].current
        source = catalog.compiled(version).source if version else {}
        motives = source.get("refusal", {}).get("motives", [])
        return next((pick(one["label"]) for one in motives if one["code"] == code), code)

    def tables(self) -> list[Table]:
        offices = [self._by_office()] if self._are_several else []
        ages = [self._age_by_office()] if self._are_several else []
        people = [self._by_agent(), self._age_by_agent(), self._motives_by_agent()]
        return [
            self._by_service(), *offices, self._by_age(), *ages, *people, self._by_motive(),
            self._expected(),
        ]  # fmt: skip

    def _by_service(self) -> Table:
        rows = [[self.titles[pk], *_measures(one)] for pk, one in _busiest(self.services)]
        rows.append([_("All"), *_measures(self.all)])
        bars = _bars((self.titles[pk], one.decided) for pk, one in _busiest(self.services))
        return Table("services", _("Decided, by service"), [_("Service"), *_heads()], rows, bars)

    @property
    def _are_several(self) -> bool:
        return len(self.offices) > 1

    @cached_property
    def _names(self) -> dict[int, str]:
        return {office.pk: office.name_in() for office in self.offices}

    @cached_property
    def _people(self) -> list[tuple[str, Figures]]:
        """Who works in the own offices, who did most first, and what they did."""
        people = self.activity.persons([office.pk for office in self.oversight.own])
        users = User.objects.in_bulk(list(people))
        named = [(str(users[pk]), one) for pk, one in people.items()]
        return sorted(named, key=lambda pair: (-pair[1].stages, pair[0]))

    def _by_office(self) -> Table:
        names = self._names
        offices = self.activity.offices(self.office_ids)
        rows = [[names[pk], *_measures(one)] for pk, one in _busiest(offices)]
        bars = _bars((names[pk], one.decided) for pk, one in _busiest(offices))
        return Table("offices", _("Decided, by office"), [_("Office"), *_heads()], rows, bars)

    def _by_agent(self) -> Table:
        head = [
            _("Agent"), _("Taken"), _("Stages done"), _("Corrections asked"), _("Granted"),
            _("Refused"), _("Average delay"), _("Median delay"), _("90% within"),
            _("Within the delay"), _("In hand now"),
        ]  # fmt: skip
        rows = [
            [name, one.taken, one.stages, one.complements, one.granted, one.refused, one.average,
             one.median, one.slowest_tenth, Share(one.share_on_time), one.open]
            for name, one in self._people
        ]  # fmt: skip
        bars = _bars((name, one.stages) for name, one in self._people)
        return Table("agents", _("Stages done, by agent"), head, rows, bars)

    def _by_motive(self) -> Table:
        """Refusals of each service by motive; of several offices, those of each."""
        found: Counter[tuple[str, str, str]] = Counter()
        for (office, _service), one in self.activity.places.items():
            place = self._names.get(office)
            if place is None:
                continue
            for (service, code), number in one.motives.items():
                found[self.titles[service], self._motive(service, code), place] += number
        most = found.most_common()
        rows = [[*key, number] if self._are_several else [*key[:2], number] for key, number in most]
        motives: Counter[str] = Counter()
        for (_title, motive, _place), number in most:
            motives[motive] += number
        places = [_("Office")] if self._are_several else []
        head = [_("Service"), _("Motive"), *places, _("Refused")]
        bars = _bars(motives.most_common())
        return Table("motives", _("Refused, by motive"), head, rows, bars)

    def _motives_by_agent(self) -> Table:
        """Refusals of each agent by motive; who proposed and who signed both refused."""
        rows = [
            [name, self.titles[service], self._motive(service, code), number]
            for name, one in self._people
            for (service, code), number in one.motives.most_common()
            if service in self._eservices
        ]
        head = [_("Agent"), _("Service"), _("Motive"), _("Refused")]
        return Table("motives-agents", _("Refused, by agent and motive"), head, rows)

    def _by_age(self) -> Table:
        names = age_names()
        found = _busiest(self.services)
        rows = [[self.titles[pk], *one.ages, one.open, one.overdue] for pk, one in found]
        rows.append([_("All"), *self.all.ages, self.all.open, self.all.overdue])
        bars = _bars(zip(names, self.all.ages, strict=True))
        head = [_("Service"), *names, _("Total"), _("Past the deadline")]
        return Table("backlog", _("Open now, by age"), head, rows, bars)

    def _age_by_office(self) -> Table:
        offices = self.activity.offices(self.office_ids).items()
        found = sorted(offices, key=lambda pair: (-pair[1].open, self._names[pair[0]]))
        rows = [
            [self._names[pk], *one.ages, one.open, one.overdue] for pk, one in found if one.open
        ]
        head = [_("Office"), *age_names(), _("Total"), _("Past the deadline")]
        bars = _bars((self._names[pk], one.open) for pk, one in found)
        return Table("backlog-offices", _("Open now, by office and age"), head, rows, bars)

    def _age_by_agent(self) -> Table:
        busy = sorted(self._people, key=lambda pair: (-pair[1].open, pair[0]))
        rows = [[name, *one.ages, one.open] for name, one in busy if one.open]
        head = [_("Agent"), *age_names(), _("Total")]
        return Table("backlog-agents", _("In hand now, by agent and age"), head, rows)

    def _expected(self) -> Table:
        recent = self.recent.services(self.office_ids)
        head = [
            _("Service"), _("Open now"), _("Received per week"), _("Finished per week"),
            _("Wait of a request filed today"), _("In four weeks"),
        ]  # fmt: skip
        groups = [
            (self.titles[pk], recent.get(pk, Figures())) for pk, _one in _busiest(self.services)
        ]
        groups.append((_("All"), total(recent.values())))
        rows = []
        for title, figures in groups:
            one = Forecast.of(figures)
            rows.append(
                [title, one.open, one.weekly_in, one.weekly_out, one.wait, one.in_four_weeks]
            )
        return Table("forecast", _("What to expect"), head, rows)


def office_tables(oversight: Oversight, period: Period, zone: ZoneInfo) -> list[Table]:
    """Return all tables of a chief; nothing for whoever is none."""
    if not oversight.own:
        return []
    own = [office.pk for office in oversight.own]
    activity = Activity.of(oversight.office_ids, period, people_in=own)
    weeks = past_weeks(timezone.localdate(timezone=zone), zone)
    recent = activity.lately(oversight.office_ids, weeks)
    return OfficeTables(oversight, activity, recent).tables()


def own_table(agent: Agent, period: Period) -> Table:
    """One line: what this person did, for their own eyes."""
    figures = Activity.of(agent.office_ids, period, user=agent.user).person(agent.user)
    head = [
        _("Taken"), _("Stages done"), _("Corrections asked"), _("Granted"), _("Refused"),
        _("Average delay"), _("Median delay"), _("90% within"), _("Within the delay"),
        _("In hand now"),
    ]  # fmt: skip
    row = [
        figures.taken, figures.stages, figures.complements, figures.granted, figures.refused,
        figures.average, figures.median, figures.slowest_tenth, Share(figures.share_on_time),
        figures.open,
    ]  # fmt: skip
    return Table("mine", _("My own figures"), head, [row], own_bars(figures))


def own_bars(figures: Figures) -> list[Bar]:
    return _bars(zip(age_names(), figures.ages, strict=True)) if figures.open else []


def age_names() -> list[str]:
    limits = (0, *AGES)
    names = [
        _("%(from)d to %(to)d days") % {"from": limits[index], "to": limits[index + 1]}
        for index in range(len(AGES))
    ]
    return [*names, _("over %(days)d days") % {"days": AGES[-1]}]


def _heads() -> list[str]:
    return [
        _("Received"), _("Decided"), _("Granted"), _("Refused"), _("Corrections asked"),
        _("Average delay"), _("Median delay"), _("90% within"), _("Within the delay"),
        _("Open now"),
    ]  # fmt: skip


def _measures(one: Figures) -> list[Any]:
    return [
        one.received, one.decided, one.granted, one.refused, one.complements, one.average,
        one.median, one.slowest_tenth, Share(one.share_on_time), one.open,
    ]  # fmt: skip


def _busiest(groups: dict[int, Figures]) -> list[tuple[int, Figures]]:
    return sorted(groups.items(), key=lambda pair: (-pair[1].decided, -pair[1].open, pair[0]))


def _bars(pairs: Iterable[tuple[str, int]]) -> list[Bar]:
    found = list(pairs)[:12]
    longest = max((number for _label, number in found), default=0)
    return [Bar(label, number, round(100 * number / longest)) for label, number in found if longest]


def _with_unit(name: str, cells: Iterable[Any]) -> str:
    for cell in cells:
        if isinstance(cell, timedelta):
            return _("%(name)s (hours)") % {"name": name}
        if isinstance(cell, Share):
            return f"{name} (%)"
    return name


def _text(cell: Any) -> str:
    if cell is None:
        return "–"
    if isinstance(cell, float):
        return number_format(cell, 1)
    if cell == timedelta():
        return _("under an hour")
    return wording.span(cell) if isinstance(cell, timedelta) else str(cell)


def _plain(cell: Any) -> Any:
    """Return the cell for a spreadsheet: a delay in hours and a share in per cent, as numbers."""
    if isinstance(cell, timedelta):
        return round(cell.total_seconds() / 3600, 1)
    return cell.value if isinstance(cell, Share) else cell
