"""Find an office or a commune by a part of its name, whatever the accents."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cms_pages.search.text import fold
from portal.accounts.directory import Entry, Place

MOST_FOUND = 40


@dataclass(frozen=True)
class Found:
    """An office, or a commune with pages of its own, and where it stands."""

    name: str
    url: str  # of a commune; empty for an office
    above: str
    office: Entry | None


def find(wanted: str, offices: Iterable[Entry], places: Iterable[Place]) -> list[Found]:
    """Return what has every word of `wanted` in its name, its address or its territory."""
    words = fold(wanted).split()
    everything = [*_of_places(places), *_of_offices(offices, "")]
    found = (one for one in everything if all(word in _text(one) for word in words))
    return [one for one, _place in zip(found, range(MOST_FOUND), strict=False)]


def _text(one: Found) -> str:
    return fold(f"{one.name} {one.above} {one.office.address if one.office else ''}")


def _of_offices(offices: Iterable[Entry], above: str) -> Iterator[Found]:
    for office in offices:
        if office.has_counter:
            yield Found(office.name, "", above, office)
        yield from _of_offices(office.children, above or office.name)


def _of_places(places: Iterable[Place], above: str = "") -> Iterator[Found]:
    for place in places:
        if place.url:
            yield Found(place.name, place.url, above, None)
        yield from _of_offices(place.offices, place.name)
        yield from _of_places(place.children, place.name)
