"""Verification codes: the secret that stands in the QR code of a document."""

import secrets

from portal.core.references import ALPHABET

LENGTH = 28  # 30 signs to the power 28: 137 bits


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def clean_code(text: str) -> str:
    """Return what a person typed or scanned as a code; empty when it cannot be one."""
    # Longest: a whole address pasted from a QR reader.
    last = text[:300].strip().rstrip("/").rsplit("/", 1)[-1]
    code = "".join(char for char in last.upper() if char.isalnum())
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else ""


def mask(subject: str) -> str:
    """Return a name that its bearer recognises and that tells nobody else: "Amina Mohamed" → "A***a M."."""
    words = subject.split()
    if not words:
        return ""
    first, *others = words
    hidden = f"{first[0]}***{first[-1]}" if len(first) > 2 else f"{first[0]}***"
    return " ".join([hidden, *(f"{word[0]}." for word in others[:3])])
