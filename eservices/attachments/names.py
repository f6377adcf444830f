"""The name that a sender gave to a file: kept as text to show, never as a path."""

import unicodedata

LONGEST = 120
EXTENSIONS = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}
KNOWN_ENDINGS = frozenset({"pdf", "jpg", "jpeg", "jpe", "jfif", "png"})


def clean_name(given: str, content_type: str) -> str:
    """Return `given` on one line, without path or invisible signs, ending as `content_type` ends.

    The ending is ours: a name that says .exe or hides its ending behind a change of direction
    cannot lie about what is inside.
    """
    base = given.replace("\\", "/").rsplit("/", 1)[-1]
    # Cc: newline, NUL; Cf: direction overrides, zero-width signs; Cs: half characters; Co, Cn: no letter.
    visible = "".join(
        char
        if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
        else " "
        for char in unicodedata.normalize("NFC", base)
    )
    text = " ".join(visible.replace('"', "'").split())
    stem, dot, ending = text.rpartition(".")
    if dot and ending.strip().lower() in KNOWN_ENDINGS:
        text = stem
    extension = EXTENSIONS[content_type]
    return (text.strip(". ")[: LONGEST - len(extension)] or "document") + extension
