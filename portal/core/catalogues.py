"""Translations: `.po` files are what people edit, `.mo` files are what programs read.

Needs nothing but polib, so that an installation can be made without Django being ready and without
gettext being there: `python -m portal.core.catalogues`.
"""

from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[2]


def compile_catalogues(root: Path = ROOT, *, force: bool = False) -> list[Path]:
    """Compile each `locale/*/LC_MESSAGES/*.po` whose `.mo` is older, and return what was written."""
    written = []
    for source in sorted(root.glob("locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not force and target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        aside = target.with_suffix(".part")
        polib.pofile(str(source)).save_as_mofile(str(aside))
        aside.replace(target)
        written.append(target)
    return written


if __name__ == "__main__":
    compile_catalogues()
