"""What an e-service draws from registers, reserves on them and writes in them.

Three lists of its definition, each entry with expressions on the answers (docs/registers.md):
`lookups` fill answers from a line or from the account of who files; `reservations` set amounts or
periods aside at one moment of the case's life and give them back at another; `register_entries`
write a line. A rule with `each` is followed once per row of that group.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from eservices.registers import services
from eservices.registers.errors import (
    ClosedEntry,
    EntryRefused,
    Overlap,
    RegisterError,
    UnknownEntry,
)
from eservices.registers.models import (
    AmountReservation,
    PeriodReservation,
    Register,
    RegisterEntry,
)
from eservices.registers.services.bookings import overlap, shortfall
from portal.accounts.models import OfficeMembership, User
from portal.core.expressions import compile_expression
from portal.core.texts import pick

Source = Mapping[str, Any]
SECTIONS = ("lookups", "reservations", "register_entries")
# At these moments what stands already matters. "opened": sent, not paid yet; the line is reserved
# before the money is asked, so that nobody pays for what somebody else has.
LOOKED_AT = ("submit", "opened", "replied", "reopened")
TAKEN_BACK = ("reopened", "revoked")  # what a decision wrote does not hold any more
DEFAULT_FREE = ("refused", "withdrawn", "lapsed", "revoked")


@dataclass(frozen=True)
class Holder:
    """In whose name something is reserved or written."""

    owner: str  # "case:…"
    label: str  # the reference
    actor: User | None = None
    is_restricted: bool = False  # a confidential case: not everybody reads what it writes


def concerns(source: Source) -> bool:
    """Tell whether the e-service has anything to do with registers."""
    return any(source.get(name) for name in SECTIONS)


# --- Looking up ---------------------------------------------------------------------------------
def look_up(source: Source, answers: Source, *, user: User | None = None) -> dict[str, Any]:
    """Return the answers that the lookups fill, by field; null where nothing is found."""
    found: dict[str, Any] = {}
    for rule in source.get("lookups") or []:
        scope = {**answers, **found}
        if rule.get("absent"):
            continue
        if not rule.get("each") and not _holds(rule, scope, None):
            continue
        if rule.get("account"):
            facts = account_facts(user)
            found |= {field: facts.get(path) for field, path in rule["fill"].items()}
        elif group := rule.get("each"):
            rows = scope.get(group) or []
            found[group] = [
                {**row, **_filled(rule, scope, row, user)}
                if isinstance(row, Mapping) and _holds(rule, scope, row)
                else row
                for row in rows
            ]
        else:
            found |= _filled(rule, scope, None, user)
    return found


def account_facts(user: User | None) -> dict[str, Any]:
    """Return what is known of who files: name, contact, first office and what it is part of."""
    if user is None:
        return {}
    row = (
        OfficeMembership.objects.filter(user=user)
        .select_related("office__parent__parent")
        .order_by("pk")
        .first()
    )
    facts: dict[str, Any] = {"name": str(user), "email": user.email, "phone": user.phone}
    if row is not None:
        top = row.office
        while top.parent is not None:
            top = top.parent
        facts |= {"office": row.office.code, "office_name": row.office.name_in("fr")}
        facts |= {"top_office": top.code, "top_office_name": top.name_in("fr")}
    return {name: value for name, value in facts.items() if value}


def _filled(rule: Source, scope: Source, row: Source | None, user: User | None) -> dict[str, Any]:
    try:
        entry = services.find_entry(rule["register"], _value(rule["entry"], scope, row))
    except UnknownEntry:
        return dict.fromkeys(rule["fill"])
    if entry.is_restricted and not _reads(user, entry):
        # That the line is there may be known; what a confidential request wrote in it may not.
        return dict.fromkeys(rule["fill"]) | {
            field: entry.key for field, path in rule["fill"].items() if path == "key"
        }
    facts = {"key": entry.key, "label": entry.label, "available": entry.available}
    return {field: {**entry.values, **facts}.get(path) for field, path in rule["fill"].items()}


def _reads(user: User | None, entry: RegisterEntry) -> bool:
    if user is None:
        return False
    own = RegisterEntry.objects.filter(pk=entry.pk, register__in=Register.objects.for_agent(user))
    return own.readable_by(user).exists()


# --- Refusing at entry --------------------------------------------------------------------------
def entry_faults(source: Source, answers: Source, *, owner: str = "") -> dict[str, list[str]]:
    """Return what registers object to these answers, by field; nothing is reserved.

    `owner` is the case whose answers are corrected: what it holds itself is no obstacle.
    """
    faults: dict[str, list[str]] = {}
    for rule in source.get("lookups") or []:
        if rule.get("account") or not rule.get("required", True):
            continue
        for place, row in _rows(rule, answers):
            key = _value(rule["entry"], answers, row)
            if key in (None, ""):
                continue
            if text := _not_as_wanted(rule, key):
                faults.setdefault(_field(rule), []).append(place + text)
    for rule in source.get("reservations") or []:
        if rule.get("at_entry", "check") != "check":
            continue
        for place, row in _rows(rule, answers):
            if text := _objection(rule, answers, row, owner):
                faults.setdefault(_field(rule), []).append(place + text)
    return faults


def _not_as_wanted(rule: Source, key: Any) -> str:
    """Return why the line being there, or not, stands against these answers."""
    try:
        entry = services.find_entry(rule["register"], key)
    except UnknownEntry as exc:
        if rule.get("absent"):
            return ""
        # What is there and closed is not told as if it had never been.
        return str(exc) if isinstance(exc, ClosedEntry) else _told(rule, key, str(exc))
    taken = _("“%(key)s” is in the register already.") % {"key": entry.label}
    return _told(rule, key, taken) if rule.get("absent") else ""


def _told(rule: Source, key: Any, usual: str) -> str:
    """Return the words of the rule, which name nobody else's case; else the usual ones."""
    told = pick(rule.get("message"))
    return told.replace("{key}", str(key)) if told else usual


def _objection(rule: Source, answers: Source, row: Source | None, owner: str) -> str:
    """Return why the rule could not be followed now; empty when it could, or says nothing yet."""
    try:
        entry = services.find_entry(rule["register"], _value(rule["entry"], answers, row))
    except UnknownEntry:
        return ""  # the lookup tells it, or it is told when it must be reserved
    if "amount" in rule:
        amount = _value(rule["amount"], answers, row)
        if not isinstance(amount, int) or not services.missing_amount(entry, amount, owner=owner):
            return ""
        return str(shortfall(entry, amount))
    bounds = _period(rule, answers, row)
    taken = services.clash(entry, *bounds, owner=owner) if bounds else None
    return _told(rule, entry.key, str(overlap(entry, taken))) if taken else ""


# --- Reserving and writing ----------------------------------------------------------------------
def follow(source: Source, answers: Source, moment: str, holder: Holder) -> None:
    """Do all that the e-service says of `moment`: reserve, spend, free, write. All of it or nothing.

    :raises RegisterError: the caller's transaction must end.
    """
    todo: list[tuple[int, Callable[[], object]]] = []
    for rule in source.get("reservations") or []:
        stands = moment in LOOKED_AT and _stands(rule, holder)
        if moment == "replied" and stands:
            services.free(holder.owner, purpose=rule["key"])
        elif moment == rule.get("consume"):
            _consume(rule, answers, holder)
        elif moment in rule.get("free", DEFAULT_FREE):
            services.free(holder.owner, purpose=rule["key"])
        # Corrected answers move what they hold; a case opened again takes it back.
        if _is_held_at(rule, moment, stands):
            todo += _holds_of(rule, answers, holder)
    for _pk, action in sorted(todo, key=lambda one: one[0]):  # one order of locks for everybody
        action()
    for rule in source.get("register_entries") or []:
        if moment == rule.get("when", "granted"):
            _write(rule, answers, holder)
        elif moment in TAKEN_BACK and rule.get("when", "granted") != "submit":
            _close(rule, holder)


def _is_held_at(rule: Source, moment: str, stands: bool) -> bool:
    """Whether something is to be reserved now; what stands since before a payment is left alone."""
    hold = rule.get("hold", "submit")
    if moment == "replied":
        return stands or hold == moment
    if moment in ("submit", "opened", "reopened"):
        return not stands and hold == "submit"
    return bool(moment == hold)


def _holds_of(
    rule: Source, answers: Source, holder: Holder
) -> Iterator[tuple[int, Callable[[], object]]]:
    for _place, row in _rows(rule, answers):
        key = _value(rule["entry"], answers, row)
        if key in (None, "") and rule.get("optional"):
            continue
        entry = _line(rule, key)
        yield entry.pk, _Hold(rule, answers, row, holder, entry)


def _line(rule: Source, key: Any) -> RegisterEntry:
    """Return the line to reserve; with `create`, one that is not there yet is written."""
    try:
        return services.find_entry(rule["register"], key)
    except UnknownEntry:
        if not rule.get("create"):
            raise
    register = Register.objects.get(code=rule["register"])
    # Written by somebody else at this instant: it is found on the second look.
    with suppress(EntryRefused):
        services.add_entry(register, {register.definition["key"]: str(key)}, actor=None)
    return services.find_entry(rule["register"], key)


@dataclass(frozen=True)
class _Hold:
    rule: Source
    answers: Source
    row: Source | None
    holder: Holder
    entry: RegisterEntry

    def __call__(self) -> None:
        rule, holder = self.rule, self.holder
        common: dict[str, Any] = {
            "owner": holder.owner,
            "label": holder.label,
            "actor": holder.actor,
        }
        if "amount" in rule:
            amount = _value(rule["amount"], self.answers, self.row)
            if not isinstance(amount, int) or amount < 0:
                raise RegisterError(f"{rule['key']}: no amount can be worked out")
            services.hold_amount(
                self.entry, amount, purpose=rule["key"],
                may_exceed=_may_exceed(rule, holder.actor), **common,
            )  # fmt: skip
            return
        bounds = _period(rule, self.answers, self.row)
        if bounds is None:
            raise RegisterError(f"{rule['key']}: no period can be worked out")
        try:
            services.hold_period(self.entry, *bounds, purpose=rule["key"], **common)
        except Overlap as exc:
            raise RegisterError(_told(rule, self.entry.key, str(exc))) from exc


def _consume(rule: Source, answers: Source, holder: Holder) -> None:
    spent = _value(rule.get("spent"), answers, None)
    services.consume(
        holder.owner, purpose=rule["key"], amount=spent if isinstance(spent, int) else None
    )


def _write(rule: Source, answers: Source, holder: Holder) -> None:
    """Write the lines of the rule, once: a second call finds them there, and opens what was closed."""
    register = Register.objects.get(code=rule["register"])
    scope = {**answers, "reference": holder.label, "today": timezone.localdate().isoformat()}
    for number, (_place, row) in enumerate(_rows(rule, scope), start=1):
        source = f"{holder.owner}:{number}" if rule.get("each") else holder.owner
        found = RegisterEntry.objects.filter(register=register, source=source).first()
        if found is not None and found.is_open:
            continue
        values = {name: _json(_value(one, scope, row)) for name, one in rule["values"].items()}
        if found is None:
            services.add_entry(
                register, values, actor=None, source=source, reason=holder.label,
                is_restricted=holder.is_restricted and not _is_open(rule, scope, row),
            )  # fmt: skip
        else:
            services.reopen_entry(found, actor=None, reason=holder.label)
            services.change_entry(found, values, actor=None, reason=holder.label)


def _close(rule: Source, holder: Holder) -> None:
    """Close the lines that the rule wrote: they stay readable, with why."""
    own = Q(source=holder.owner) | Q(source__startswith=f"{holder.owner}:")
    written = RegisterEntry.objects.filter(own, register__code=rule["register"]).open()
    for entry in written.select_related("register"):
        services.close_entry(
            entry, actor=None, reason=_("Decision taken back: %(case)s") % {"case": holder.label}
        )


def _stands(rule: Source, holder: Holder) -> bool:
    return any(
        model.objects.of(holder.owner).standing().filter(purpose=rule["key"]).exists()
        for model in (AmountReservation, PeriodReservation)
    )


def _may_exceed(rule: Source, actor: User | None) -> bool:
    who = rule.get("may_exceed")
    if not who or actor is None:
        return False
    mine = actor.office_memberships.filter(role=who["role"])
    return (mine.filter(office__code=who["office"]) if who.get("office") else mine).exists()


# --- Reading rules ------------------------------------------------------------------------------
def _rows(rule: Source, answers: Source) -> Iterator[tuple[str, Source | None]]:
    """Give each row that the rule is about, with how its place is told; the whole is one row."""
    group = rule.get("each")
    rows = (answers.get(group) or []) if group else [None]
    for number, row in enumerate(rows, start=1):
        if (row is None or isinstance(row, Mapping)) and _holds(rule, answers, row):
            yield f"{number}. " if group else "", row


def _is_open(rule: Source, answers: Source, row: Source | None) -> bool:
    """Whether a confidential request writes this line for all who read the register."""
    condition = rule.get("open")
    return condition is not None and compile_expression(condition).truthy(answers, row=row)


def _holds(rule: Source, answers: Source, row: Source | None) -> bool:
    condition = rule.get("if")
    return condition is None or compile_expression(condition).truthy(answers, row=row)


def _value(expression: Any, answers: Source, row: Source | None) -> Any:
    return compile_expression(expression).value(answers, row=row)


def _json(value: Any) -> Any:
    """Return what a column keeps; several values are told one after the other."""
    if isinstance(value, list):
        return ", ".join(str(one) for one in value if one is not None)
    return value if value is None or isinstance(value, bool | int | str) else float(value)


def _field(rule: Source) -> str:
    return str(rule.get("field") or rule.get("each") or "")


def _period(rule: Source, answers: Source, row: Source | None) -> tuple[datetime, datetime] | None:
    starts = _moment(_value(rule["from"], answers, row))
    ends = _moment(_value(rule["to"], answers, row), is_end=True)
    return (starts, ends) if starts and ends and ends > starts else None


def _moment(text: Any, *, is_end: bool = False) -> datetime | None:
    """Return the moment of a date (its first instant, or the one after its last) or of a time."""
    if not isinstance(text, str):
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    if len(text) == len("2026-01-01"):
        at = datetime.combine(at.date() + timedelta(days=int(is_end)), time())
    return at if timezone.is_aware(at) else timezone.make_aware(at)
