"""Pages of pieces on the screen: which page, how large, which way up. All of it is in the address."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.urls import reverse

from eservices.attachments.models import Attachment

ZOOMS = (100, 150, 200, 300)
WIDTHS = {100: 1000, 150: 1500, 200: 2000, 300: 2800}
TURNS = (0, 90, 180, 270)


@dataclass(frozen=True)
class Viewer:
    """One piece as it is shown; each link gives the same page with one thing changed."""

    reference: str
    file: Attachment
    page: int = 1
    zoom: int = 100
    turn: int = 0
    prefix: str = ""  # "a-", "b-" when two are shown side by side
    kept: str = ""  # what else the address holds
    anchor: str = "pieces"

    @classmethod
    def read(
        cls,
        reference: str,
        file: Attachment,
        query: Mapping[str, str],
        *,
        prefix: str = "",
        kept: str = "",
        anchor: str = "pieces",
    ) -> "Viewer":
        """Read the address; what makes no sense there is as if it were not."""
        pages = file.page_count or 1
        page = min(max(_whole(query.get(f"{prefix}page"), 1), 1), pages)
        zoom = _whole(query.get(f"{prefix}zoom"), 100)
        turn = _whole(query.get(f"{prefix}turn"), 0)
        return cls(
            reference, file, page, zoom if zoom in ZOOMS else 100, turn if turn in TURNS else 0,
            prefix, kept, anchor,
        )  # fmt: skip

    @property
    def pages(self) -> int:
        return self.file.page_count or 1

    @property
    def image_url(self) -> str:
        base = reverse("backoffice:page_image", args=[self.reference, self.file.pk, self.page])
        query = {"zoom": self.zoom, "turn": self.turn}
        return f"{base}?{urlencode({name: value for name, value in query.items() if value})}"

    @property
    def previous_page(self) -> str:
        return self._link(replace(self, page=self.page - 1)) if self.page > 1 else ""

    @property
    def next_page(self) -> str:
        return self._link(replace(self, page=self.page + 1)) if self.page < self.pages else ""

    @property
    def larger(self) -> str:
        place = ZOOMS.index(self.zoom) + 1
        return self._link(replace(self, zoom=ZOOMS[place])) if place < len(ZOOMS) else ""

    @property
    def smaller(self) -> str:
        place = ZOOMS.index(self.zoom) - 1
        return self._link(replace(self, zoom=ZOOMS[place])) if place >= 0 else ""

    @property
    def turned(self) -> str:
        return self._link(replace(self, turn=(self.turn + 90) % 360))

    def state(self) -> dict[str, str]:
        """Return what of the address is this viewer's."""
        state = {"page": self.page, "zoom": self.zoom, "turn": self.turn}
        usual = {"page": 1, "zoom": 100, "turn": 0}
        named = {f"{self.prefix}piece": str(self.file.pk)}
        return named | {
            f"{self.prefix}{name}": str(value)
            for name, value in state.items()
            if value != usual[name]
        }

    def _link(self, other: "Viewer") -> str:
        query = "&".join(filter(None, [self.kept, urlencode(other.state())]))
        return f"?{query}#{self.anchor}"


def width_for(query: Mapping[str, str]) -> tuple[int, int]:
    """Return how wide a picture the address asks for, and how it is turned."""
    zoom, turn = _whole(query.get("zoom"), 100), _whole(query.get("turn"), 0)
    return WIDTHS.get(zoom, WIDTHS[100]), turn if turn in TURNS else 0


def pair(
    reference: str, files: list[Attachment], query: Mapping[str, str]
) -> tuple[Viewer, Viewer] | None:
    """Return two pieces side by side: those of the address, otherwise the first two."""
    if len(files) < 2:
        return None
    named = {str(file.pk): file for file in files}
    one = named.get(query.get("a-piece", ""), files[0])
    other = named.get(query.get("b-piece", ""), files[1] if one == files[0] else files[0])
    left = Viewer.read(reference, one, query, prefix="a-", anchor="a")
    right = Viewer.read(reference, other, query, prefix="b-", anchor="b")
    return (
        replace(left, kept=urlencode(right.state())),
        replace(right, kept=urlencode(left.state())),
    )


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 5 else default
