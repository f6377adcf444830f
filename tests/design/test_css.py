"""The style sheets keep their promises: small, ours alone, mirrored, readable."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings

STATIC = Path(settings.BASE_DIR) / "static"
SHEETS = sorted((STATIC / "css").glob("*.css"))
# A page loads one of each; what they weigh is what a citizen pays for on a slow network.
BUDGETS = {"css/guichet.css": 12_000, "css/desk.css": 2_700, "js/site.js": 1_500}
PHYSICAL = re.compile(
    r"(?:^|[;{\s])(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right|top|bottom)\b"
    r"|(?:^|[;{\s])(?:left|right|top|bottom)\s*:"
    r"|(?:text-align|float|clear)\s*:\s*(?:left|right)\b"
    r"|border-(?:top|bottom)-(?:left|right)-radius"
)
SCHEMES = {
    "light": r":root \{",
    "dark": r':root\[data-theme="dark"\] \{',
    "automatic dark": r':root:not\(\[data-theme="light"\]\):not\(\[data-theme="contrast"\]\) \{',
    "contrast": r':root\[data-theme="contrast"\] \{',
}
# (text, ground, ratio): 4.5 for text, 3 for the edges and marks one must see to understand.
PAIRS = [
    ("ink", "bg", 7),
    ("ink", "surface", 7),
    ("ink", "sunken", 7),
    ("ink", "tint", 7),
    ("muted", "bg", 4.5),
    ("muted", "surface", 4.5),
    ("muted", "sunken", 4.5),
    ("link", "bg", 4.5),
    ("link", "surface", 4.5),
    ("link", "tint", 4.5),
    ("link-hover", "tint", 4.5),
    ("header-soft", "header", 4.5),
    ("header-soft", "brand", 4.5),
    ("on-brand", "header", 4.5),
    ("on-brand", "brand", 4.5),
    ("on-brand", "button", 4.5),
    ("on-brand", "button-hover", 4.5),
    ("on-accent", "accent", 7),
    ("surface", "danger", 4.5),
    ("control", "bg", 3),
    ("control", "surface", 3),
    ("earth", "bg", 3),
    ("button", "bg", 3),
    ("focus", "bg", 3),
    ("focus", "surface", 3),
    *[(kind, f"{kind}-bg", 4.5) for kind in ("info", "success", "warning", "danger")],
    *[(kind, "bg", 3) for kind in ("info", "success", "warning", "danger")],
    *[("ink", f"{kind}-bg", 7) for kind in ("info", "success", "warning", "danger")],
    *[("muted", f"{kind}-bg", 4.5) for kind in ("info", "success", "warning", "danger")],
]


@pytest.mark.parametrize(("name", "budget"), BUDGETS.items())
def test_weight(name, budget):
    assert len(gzip.compress((STATIC / name).read_bytes(), 9)) < budget


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_no_physical_direction(sheet):
    assert [line for line in sheet.read_text().splitlines() if PHYSICAL.search(line)] == []


@pytest.mark.parametrize("path", [*SHEETS, STATIC / "js" / "site.js"], ids=lambda path: path.name)
def test_no_other_host(path):
    text = path.read_text().replace("http://www.w3.org/2000/svg", "")
    assert re.findall(r"https?://|@import|@font-face|url\(\s*['\"]?//", text) == []


def test_every_class_of_the_vocabulary_exists():
    css = "".join(sheet.read_text() for sheet in SHEETS)
    names = (Path(__file__).parent / "vocabulary.txt").read_text().split()
    assert [name for name in names if f".{name}" not in css] == []


def test_templates_need_no_style_of_their_own():
    inline = re.compile(r"""\sstyle=["']|<style|\son[a-z]+=["']|<script(?![^>]*(?:src=|json))""")
    pages = Path(settings.BASE_DIR, "templates").rglob("*.html")
    pages = [page for page in pages if page.name != "mail.html"]  # mail readers know only style=
    assert [str(page) for page in pages if inline.search(page.read_text())] == []


def test_the_two_dark_blocks_are_the_same():
    assert _tokens("dark") == _tokens("automatic dark")


@pytest.mark.parametrize("scheme", ["light", "dark", "contrast"])
def test_contrast(scheme):
    tokens = _tokens("light") | _tokens(scheme)
    found = {
        (text, ground): round(_ratio(tokens[text], tokens[ground]), 2)
        for text, ground, _least in PAIRS
    }
    assert {
        pair: ratio
        for (pair, ratio), (_text, _ground, least) in zip(found.items(), PAIRS, strict=True)
        if ratio < least
    } == {}


def _tokens(scheme: str) -> dict[str, str]:
    css = (STATIC / "css" / "guichet.css").read_text()
    block = re.search(SCHEMES[scheme] + r"(.*?)\n\s*\}", css, re.DOTALL)
    assert block, scheme
    tokens = dict(re.findall(r"--g-([a-z-]+):\s*([^;]+);", block.group(1)))
    aliases = {"var(--g-brand)": "brand", "var(--g-brand-strong)": "brand-strong"}
    return {name: tokens.get(aliases.get(value, ""), value) for name, value in tokens.items()}


def _ratio(one: str, other: str) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
