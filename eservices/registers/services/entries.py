"""Keeping a register: its definition, its lines, their history."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from eservices.formdefs import engine
from eservices.formdefs.reading import fold
from eservices.registers import definitions
from eservices.registers.errors import (
    ClosedEntry,
    EntryRefused,
    NotKeeper,
    StaleEntry,
    UnknownEntry,
)
from eservices.registers.models import (
    EntryRevision,
    Register,
    RegisterDoor,
    RegisterEntry,
)
from portal.accounts.models import Office, User
from portal.core.errors import BadConfiguration
from portal.core.texts import labelled


@transaction.atomic
def save_register(definition: Mapping[str, Any]) -> Register:
    """Create a register or change what it says of itself; its lines stay as they are.

    :raises BadConfiguration: with every fault found.
    """
    faults = definitions.faults(definition)
    doors = definition.get("doors") or [] if not faults else []
    offices = {
        office.code: office
        for office in Office.objects.filter(code__in=[door["office"] for door in doors])
    }
    faults += [
        f"doors: there is no office {door['office']!r}"
        for door in doors
        if door["office"] not in offices
    ]
    if faults:
        raise BadConfiguration("This register cannot be used.", errors=faults)
    title = definition["title"]
    register, _created = Register.objects.update_or_create(
        code=definition["code"],
        defaults={
            "title": title if isinstance(title, Mapping) else {"fr": title},
            "definition": dict(definition),
            "digest": definitions.digest(definition),
        },
    )
    register.doors.all().delete()
    RegisterDoor.objects.bulk_create(
        RegisterDoor(
            register=register,
            office=offices[door["office"]],
            role=door.get("role") or "",
            may_keep=bool(door.get("keep")),
        )
        for door in doors
    )
    return register


@transaction.atomic
def add_entry(
    register: Register,
    values: Mapping[str, Any],
    *,
    actor: User | None,
    source: str = "",
    key: str = "",
    reason: str = "",
    is_restricted: bool = False,
) -> RegisterEntry:
    """Write a new line; `actor` None is the system, on behalf of `source`.

    :raises NotKeeper, EntryRefused:
    """
    _may_keep(register, actor)
    checked = _checked(register, values)
    locked = Register.objects.select_for_update().get(pk=register.pk)
    locked.last_number += 1
    locked.save(update_fields=["last_number", "updated_at"])
    key = key or _key(register, checked) or f"{timezone.now():%Y}/{locked.last_number:04d}"
    if RegisterEntry.objects.filter(register=register, key=key).exists():
        raise EntryRefused(
            _("The register has the line “%(key)s” already.") % {"key": key},
            faults={register.definition.get("key") or "": [_("This line exists already.")]},
        )
    entry = RegisterEntry(register=register, number=locked.last_number, key=key, source=source)
    entry.is_restricted = is_restricted
    _fill(entry, checked)
    entry.save()
    _note(entry, "added", actor, reason)
    return entry


@transaction.atomic
def add_first_entries(register: Register, lines: Sequence[Mapping[str, Any]]) -> int:
    """Write the lines that a register starts with, unless it has lines. :raises EntryRefused:"""
    if register.entries.exists():
        return 0
    for values in lines:
        add_entry(register, values, actor=None)
    return len(lines)


@transaction.atomic
def change_entry(
    entry: RegisterEntry,
    values: Mapping[str, Any],
    *,
    actor: User | None,
    revision: int | None = None,
    reason: str = "",
) -> RegisterEntry:
    """Change a line; what it said before stays in its history.

    :raises NotKeeper, EntryRefused, StaleEntry: the last when `revision` is not the current one.
    """
    _may_keep(entry.register, actor)
    checked = _checked(entry.register, values)
    entry = _locked(entry)
    if revision is not None and revision != entry.revision:
        raise StaleEntry(_("Somebody changed this line meanwhile. Look at it again, then save."))
    if not entry.is_open:
        raise EntryRefused(_("This line is closed."), faults={})
    column = entry.register.definition.get("key")
    if column and _key(entry.register, checked) != entry.key:
        text = _("The key of a line does not change: close this line and write a new one.")
        raise EntryRefused(text, faults={column: [text]})
    if entry.values == checked:
        return entry
    _fill(entry, checked)
    if entry.credit is not None and entry.available + entry.excess < 0:
        text = _("%(amount)s are reserved or spent on this line: the credit cannot be less.") % {
            "amount": entry.money(entry.reserved + entry.consumed)
        }
        raise EntryRefused(text, faults={entry.register.definition["balance"]: [text]})
    _revise(entry, "changed", actor, reason)
    return entry


@transaction.atomic
def close_entry(entry: RegisterEntry, *, actor: User | None, reason: str) -> None:
    """Take a line out of use; it stays readable. :raises NotKeeper, EntryRefused:"""
    _may_keep(entry.register, actor)
    if not reason.strip():
        raise EntryRefused(_("Say why the line is closed."), faults={"reason": []})
    entry = _locked(entry)
    if entry.is_open:
        entry.closed_at = timezone.now()
        _revise(entry, "closed", actor, reason)


@transaction.atomic
def reopen_entry(entry: RegisterEntry, *, actor: User | None, reason: str) -> None:
    """Put a closed line back into use. :raises NotKeeper, EntryRefused:"""
    _may_keep(entry.register, actor)
    if not reason.strip():
        raise EntryRefused(_("Say why the line is opened again."), faults={"reason": []})
    entry = _locked(entry)
    if not entry.is_open:
        entry.closed_at = None
        _revise(entry, "reopened", actor, reason)


def find_entry(register: str, key: Any) -> RegisterEntry:
    """Return the open line of this register with this key. :raises UnknownEntry:"""
    named = str(key if key is not None else "").strip()
    known = RegisterEntry.objects.of(register).select_related("register").filter(key=named)
    entry = known.first()  # a key is never used twice
    if entry is not None and entry.closed_at is not None:
        day = date_format(timezone.localtime(entry.closed_at), "DATE_FORMAT")
        raise ClosedEntry(_("“%(key)s” is closed since %(day)s.") % {"key": entry.key, "day": day})
    if entry is None:
        raise UnknownEntry(_("“%(key)s” is not in the register.") % {"key": key or "—"})
    return entry


def _may_keep(register: Register, actor: User | None) -> None:
    if actor is not None and not Register.objects.kept_by(actor).filter(pk=register.pk).exists():
        raise NotKeeper(_("You may read this register, not write in it."))


def _checked(register: Register, values: Mapping[str, Any]) -> dict[str, Any]:
    spec = definitions.compiled(register)
    checked = engine.prune(spec, values)
    if faults := engine.check(spec, checked):
        first = next(iter(faults))
        raise EntryRefused(labelled(engine.label_of(spec, first), faults[first][0]), faults=faults)
    return engine.computed(spec, checked)


def _key(register: Register, values: Mapping[str, Any]) -> str:
    column = register.definition.get("key")
    return str(values.get(column) or "").strip()[:120] if column else ""


def _fill(entry: RegisterEntry, values: dict[str, Any]) -> None:
    register = entry.register
    entry.values = values
    entry.label = definitions.label(register, values, entry.key)
    words = engine.search_text(definitions.compiled(register), values)
    entry.search_text = fold(f"{entry.key} {entry.label} {words}")
    if register.has_balance:
        entry.credit = int(values.get(register.definition["balance"]) or 0)


def _locked(entry: RegisterEntry) -> RegisterEntry:
    return (
        RegisterEntry.objects.select_for_update(of=("self",))
        .select_related("register")
        .get(pk=entry.pk)
    )


def _revise(entry: RegisterEntry, action: str, actor: User | None, reason: str) -> None:
    entry.revision += 1
    entry.save()
    _note(entry, action, actor, reason)


def _note(entry: RegisterEntry, action: str, actor: User | None, reason: str) -> None:
    EntryRevision.objects.create(
        entry=entry,
        number=entry.revision,
        action=action,
        values=entry.values,
        author=actor,
        reason=reason.strip()[:500],
    )
