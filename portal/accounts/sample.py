"""Sample offices and people, so that a fresh installation can be tried at once. Never for production."""

import json
import secrets
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from portal.accounts import services
from portal.accounts.models import Office, Role, User
from portal.core.models import WorkCalendar

CONTENT = settings.BASE_DIR / "sample_content"
LOGINS_FILE = "demo-logins.json"
TIME_ZONES = {
    "BF": "Africa/Ouagadougou",
    "BJ": "Africa/Porto-Novo",
    "CI": "Africa/Abidjan",
    "DJ": "Africa/Djibouti",
}


def load_sample_people() -> list[dict[str, str]]:
    """Create the sample offices and accounts, and return their logins.

    May run again: what exists is kept. The password is random, made at the first load and written
    only to a file of this machine that its owner alone may read.
    """
    logins = sample_logins()
    password = logins[0]["password"] if logins else secrets.token_urlsafe(9)
    people = _read("people.yaml")
    with transaction.atomic():
        load_sample_offices()
        hashed = make_password(password)  # once: hashing is slow on purpose
        for person in people:
            _load_person(person, hashed, reset_password=not logins)
    if not logins:
        logins = [_login(person, password) for person in people]
        _write_logins(logins)
    return logins


def load_sample_offices() -> None:
    content = _read("offices.yaml")
    for calendar in content["calendars"]:
        services.save_calendar(
            calendar["code"],
            name=calendar["name"],
            weekdays=calendar["weekdays"],
            holidays=_dated(calendar["holidays"]),
        )
    calendars = {c.code: c for c in WorkCalendar.objects.all()}
    offices: dict[str, Office] = {}
    for row in content["offices"]:
        offices[row["code"]] = services.save_office(
            row["code"],
            name=row["name"],
            kind=row["kind"],
            country=row["country"],
            time_zone=row.get("time_zone") or TIME_ZONES[row["country"]],
            calendar=calendars[row["country"].lower()],
            parent=offices.get(row.get("parent", "")),
            address=row.get("address", ""),
            phone=row.get("phone", ""),
            is_training=row.get("is_training", False),
        )


def sample_logins() -> list[dict[str, str]]:
    """Return the logins written at the first load; empty before it."""
    try:
        return json.loads(_logins_path().read_text())
    except FileNotFoundError:
        return []


def _load_person(person: Mapping[str, Any], hashed: str, *, reset_password: bool) -> None:
    email, phone = person.get("email", ""), person.get("phone", "")
    known = User.objects.filter(email=email) if email else User.objects.filter(phone=phone)
    user = known.first()
    groups = person.get("groups", ())
    for name in groups:  # people come before pages, which give the groups what they may do
        Group.objects.get_or_create(name=name)
    if user is None:
        user = services.create_person(
            full_name=person["full_name"],
            phone=phone,
            email=email,
            language=person.get("language", "fr"),
            password_hash=hashed,
            groups=groups,
            is_superuser=person.get("is_superuser", False),
        )
    elif reset_password:
        services.set_password_hash(user, hashed)
    if person["role"] in Role.values:
        office = Office.objects.get(code=person["office"])
        for role in (person["role"], *person.get("also", ())):
            services.add_member(office, user, role, function=person.get("function", ""))
    if person["role"] not in {"citizen", "helper"}:  # who enters neither the desk nor the CMS
        services.enrol_totp(user)


def _login(person: Mapping[str, Any], password: str) -> dict[str, str]:
    return {
        "role": person["role"],
        "login": person.get("email") or person["phone"],
        "password": password,
        "note": person.get("note", ""),
    }


def _write_logins(logins: list[dict[str, str]]) -> None:
    path = _logins_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".part")  # a process that ends here leaves no half list
    aside.unlink(missing_ok=True)
    aside.touch(mode=0o600)
    aside.write_text(json.dumps(logins, ensure_ascii=False, indent=1))
    aside.replace(path)


def _logins_path() -> Path:
    return settings.DATA_DIR / LOGINS_FILE


def _dated(holidays: Mapping[str, str]) -> dict[date, str]:
    """Turn "06-27" into the dates of this year and the next."""
    this_year = timezone.localdate().year
    return {
        date.fromisoformat(f"{year}-{day}"): name
        for year in (this_year, this_year + 1)
        for day, name in holidays.items()
    }


def _read(name: str) -> Any:
    return yaml.safe_load((CONTENT / name).read_text(encoding="utf-8"))
