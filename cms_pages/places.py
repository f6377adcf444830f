"""Where a guide stands on the way to something: its life events, its step by step pages.

Worked out once for the whole site, so that showing it costs a guide no query.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps


@dataclass(frozen=True)
class Place:
    """A guide is step `number` of the page `title`."""

    title: str
    url_path: str
    is_event: bool  # things to think of, in any order; otherwise one step after the other
    is_for_business: bool
    number: int
    total: int
    before: str = ""  # the titles of the steps around it
    after: str = ""


def places_below(root_path: str) -> dict[UUID, list[Place]]:
    """Return the places of every guide below `root_path`, by the translation key of the guide."""
    found: defaultdict[UUID, list[Place]] = defaultdict(list)
    # The models of pages need the site map, which needs this module: they are asked for by name.
    for name in ("StepByStepPage", "LifeEventPage"):
        rows_of = apps.get_model("cms_pages", name)._meta.get_field("steps").related_model
        rows = rows_of.objects.filter(page__path__startswith=root_path, page__live=True)
        by_page: defaultdict[Any, list[Any]] = defaultdict(list)
        for row in rows.select_related("page", "guide").order_by("page__path", "sort_order"):
            by_page[row.page].append(row)
        for page, steps in by_page.items():
            for key, place in _places(page, steps, is_event=name == "LifeEventPage"):
                found[key].append(place)
    return dict(found)


def _places(page: Any, steps: list[Any], *, is_event: bool) -> Iterator[tuple[UUID, Place]]:
    numbers: list[int] = []
    for step in steps:
        begins = not numbers or getattr(step, "joins", "then") == "then"
        numbers.append((numbers[-1] if numbers else 0) + begins)
    heads: dict[int, str] = {}
    for step, number in zip(steps, numbers, strict=True):
        heads.setdefault(number, step.title)
    for step, number in zip(steps, numbers, strict=True):
        if step.guide is not None:
            yield (
                step.guide.translation_key,
                Place(
                    title=page.title,
                    url_path=page.url_path,
                    is_event=is_event,
                    is_for_business=getattr(page, "audiences", [])[:1] == ["companies"],
                    number=number,
                    total=numbers[-1],
                    before=heads.get(number - 1, ""),
                    after=heads.get(number + 1, ""),
                ),
            )
