"""The face of the portal: its name, crest, colours and letters, as its administrator chose them."""

import hashlib
import time
from dataclasses import dataclass, field

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse

from portal.core import colours
from portal.core.models import Brand
from portal.core.texts import pick

KEPT_SECONDS = 30  # pages that are not kept may show the former face for so long
PAGE, CARD = colours.parse("#f6f5f1"), colours.WHITE  # the grounds of guichet.css
DARK_PAGE, DARK_CARD = colours.parse("#11131d"), colours.parse("#1a1d2b")
LETTERS = {
    Brand.Letters.SYSTEM: "",
    Brand.Letters.SERIF: 'Georgia, "Noto Serif", "Noto Naskh Arabic", "Times New Roman", serif',
    Brand.Letters.HUMANIST: 'Seravek, "Gill Sans Nova", Ubuntu, Calibri, "Noto Sans", '
    '"Noto Sans Arabic", sans-serif',
}
CORNERS = {Brand.Corners.SOFT: "", Brand.Corners.SQUARE: "0", Brand.Corners.ROUND: "1rem"}


@dataclass(frozen=True)
class Look:
    """What templates show. The stylesheet's address is empty when nothing differs from ours."""

    names: dict[str, str] = field(default_factory=dict)
    taglines: dict[str, str] = field(default_factory=dict)
    stylesheet: str = ""
    css_url: str = ""
    crest: bytes = b""
    crest_path: str = ""

    @property
    def name(self) -> str:
        """The portal's name in the active language."""
        return self.name_in(None)

    def name_in(self, language: str | None) -> str:
        return pick(self.names, language) or settings.PORTAL_NAME

    @property
    def tagline(self) -> str:
        """The line under the name in the active language; empty to show the usual one."""
        return pick(self.taglines)

    @property
    def crest_url(self) -> str:
        return self.crest_path or static("img/crest.svg")


_kept: tuple[float, Look] | None = None


def current() -> Look:
    """Return the face to show; at most one query every half minute."""
    global _kept
    if _kept is None or time.monotonic() - _kept[0] > KEPT_SECONDS:
        _kept = (time.monotonic(), _read())
    return _kept[1]


def forget() -> None:
    """Read it again the next time: for those who know that it may have changed."""
    global _kept
    _kept = None


def stylesheet(brand: Brand) -> str:
    """Return the tokens of guichet.css that `brand` sets, readable in every theme."""
    light, dark = _light(brand), _dark(brand)
    dark_rules = _rules(dark)
    return "".join(
        [
            f":root{{{_rules(_shape(brand) | light)}}}",
            "@media (prefers-color-scheme:dark){"
            f':root:not([data-theme="light"]):not([data-theme="contrast"]){{{dark_rules}}}}}',
            f':root[data-theme="dark"]{{{dark_rules}}}',
            ':root[data-theme="contrast"]{--g-brand:#000;--g-brand-strong:#000;--g-on-brand:#fff}',
        ]
    )


def _read() -> Look:
    brand = Brand.objects.first()
    if brand is None:
        return Look()
    css = stylesheet(brand)
    crest = bytes(brand.crest or b"")
    digest = hashlib.sha256(css.encode()).hexdigest()[:12]
    crest_digest = hashlib.sha256(crest).hexdigest()[:12]
    return Look(
        names=brand.name,
        taglines=brand.tagline,
        stylesheet=css,
        css_url=reverse("core:brand_css", args=[digest]),
        crest=crest,
        crest_path=reverse("core:brand_crest", args=[crest_digest]) if crest else "",
    )


def _shape(brand: Brand) -> dict[str, str]:
    tokens = {
        "--g-font": LETTERS.get(Brand.Letters(brand.letters), ""),
        "--g-radius": CORNERS.get(Brand.Corners(brand.corners), ""),
    }
    return {name: value for name, value in tokens.items() if value}


def _light(brand: Brand) -> dict[str, str]:
    main, accent = colours.parse(brand.colour), colours.parse(brand.accent)
    text = colours.text_on(main)
    ground = colours.WHITE if text == colours.BLACK else colours.BLACK
    header = colours.mix(main, ground, 0.18)
    link = colours.readable(main, PAGE, ratio=5.5)
    return _hex(
        {
            "--g-brand": main,
            "--g-brand-strong": colours.mix(main, ground, 0.35),
            "--g-on-brand": text,
            "--g-accent": accent,
            "--g-on-accent": colours.text_on(accent),
            "--g-link": link,
            "--g-link-hover": colours.mix(link, colours.BLACK, 0.45),
            "--g-tint": colours.mix(main, CARD, 0.9),
            "--g-header": header,
            "--g-header-soft": _soft(header, main, text),
        }
    )


def _dark(brand: Brand) -> dict[str, str]:
    main = colours.parse(brand.colour)
    text = colours.text_on(main)
    header = colours.readable(colours.mix(main, DARK_PAGE, 0.4), text, ratio=5.5)
    button = colours.lightened(main, under=text, ratio=4.7) if text == colours.WHITE else main
    link = colours.readable(main, DARK_CARD, ratio=7.5)
    return _hex(
        {
            "--g-link": link,
            "--g-link-hover": colours.mix(link, colours.WHITE, 0.5),
            "--g-tint": colours.mix(main, DARK_CARD, 0.72),
            "--g-header": header,
            "--g-header-soft": _soft(header, main, text),
            "--g-button": button,
            "--g-button-hover": main,
        }
    )


def _soft(header: colours.Colour, main: colours.Colour, text: colours.Colour) -> colours.Colour:
    """Return the quiet text of the header, which also stands on the main colour."""
    shades = (colours.mix(text, main, share / 20) for share in range(6, -1, -1))
    grounds = (header, main)
    return next(
        (s for s in shades if all(colours.contrast(s, ground) >= 4.5 for ground in grounds)), text
    )


def _hex(tokens: dict[str, colours.Colour]) -> dict[str, str]:
    return {name: colours.to_hex(colour) for name, colour in tokens.items()}


def _rules(tokens: dict[str, str]) -> str:
    return "".join(f"{name}:{value};" for name, value in tokens.items())
