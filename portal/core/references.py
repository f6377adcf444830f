"""Public numbers that people read aloud and type on a phone."""

import re
import secrets

# No 0/O, 1/I/L, U: what is misread on paper is not used.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
AS_SPOKEN = re.compile(rf"([A-Z]{{1,4}}\d\d)([{ALPHABET}]{{8}})([{ALPHABET}])")
LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_reference(prefix: str, *, length: int = 8) -> str:
    """Return an unguessable reference such as `DJ26-7K3M9Q2X-4`: at most 25 characters, `[A-Z0-9-]`.

    The last character is a check digit, so a typing error is told apart from an unknown number.
    Every payment rail we know accepts the alphabet and the length.
    """
    body = "".join(secrets.choice(ALPHABET) for _ in range(length))
    return f"{prefix}-{body}-{check_character(prefix + body)}"


def check_character(text: str) -> str:
    total = sum(
        (position % 2 + 1) * (ord(char)) for position, char in enumerate(text.replace("-", ""))
    )
    return ALPHABET[total % len(ALPHABET)]


def clean_reference(text: str) -> str:
    """Return what a person typed as a reference: capitals, no spaces. Empty when it cannot be one.

    Dashes may be missing or be other signs, as when it is dictated on the telephone.
    """
    text = "".join(text.upper().split()).replace("—", "-").replace("–", "-")
    if spoken := AS_SPOKEN.fullmatch(re.sub(r"[\W_]", "", text)):
        text = "-".join(spoken.groups())
    prefix, _, rest = text.partition("-")
    body, _, check = rest.partition("-")
    if not (prefix and body and check) or check_character(prefix + body) != check:
        return ""
    return text[:40]


def new_code(digits: int = 6) -> str:
    """Return a random code of decimal digits, to be sent by SMS."""
    return "".join(secrets.choice("0123456789") for _ in range(digits))
