"""From a list of questions to fields: what a question is about is in its words."""

import re
from collections.abc import Collection
from typing import Any

from eservices.formdefs.editing import new_key
from eservices.formdefs.reading import fold

BULLET = re.compile(r"^\s*(?:[-–—•*◦☐□]|\(\s?\)|\[\s?\])\s*(.+)$")
NUMBERED = re.compile(r"^\s*(?:\d{1,3}|[a-z])\s*[.)]\s+(.+)$", re.IGNORECASE)
INLINE = re.compile(r"^(?P<label>.+?)\s*[:?]\s*(?P<answers>[^:?]+(?:\s*/\s*[^/]+)+)$")
OPTIONAL = re.compile(
    r"\s*\((?:facultatif|facultative|optionnel|optionnelle|si possible)\)\s*", re.I
)
YES_NO = re.compile(r"[\s:(]*\boui\s*(?:/|ou|-)\s*non\b[\s)?]*$", re.I)

# The first that matches wins; small letters without accents.
WORDS: list[tuple[str, dict[str, Any]]] = [
    (r"\bdate (de|du) naissance\b|\bne\(?e?\)? le\b", {"type": "partial_date", "birth": True, "personal": True}),
    (r"\bdate et heure\b", {"type": "date_time"}),
    (r"\bheures?\b(?!.*\bnombre\b)", {"type": "time"}),
    (r"\bdates?\b|\ble jour d|\bexpire\b|\bdelivree? le\b", {"type": "date"}),
    (r"\be-?mails?\b|\bcourriels?\b|\badresse electronique\b", {"type": "email", "required": False, "personal": True}),
    (r"\bmobile money\b|\borange money\b|\bmomo\b", {"type": "mobile_money", "personal": True}),
    (r"\btel(ephones?)?\b|\bportable\b|\bwhatsapp\b", {"type": "phone", "personal": True}),
    (r"\bnationalite\b|\bpays\b", {"type": "country"}),
    (r"\brib\b|\biban\b|\bcompte bancaire\b", {"type": "bank_account", "personal": True}),
    (r"\badresse\b|\bdomicile\b|\bou habitez\b", {"type": "address", "personal": True}),
    (r"\bmontant\b|\bprix\b|\bcout\b|\bsalaire\b|\brevenus?\b|\bcapital\b|\bsomme\b", {"type": "money"}),
    (r"\bnombre d|\bcombien d|\bquantite\b|\bage\b|\beffectifs?\b", {"type": "integer", "min": 0}),
    (r"\bsuperficie\b|\bsurface\b|\bpoids\b|\bdistance\b", {"type": "decimal", "min": 0}),
    (r"\bmotifs?\b|\braisons?\b|\bdescri|\bexpli|\bobservations?\b|\bcommentaires?\b|\bprecisez\b", {"type": "long_text"}),
    (r"\bj'accepte\b|\bje certifie\b|\bj'autorise\b", {"type": "consent"}),
    (r"^(etes|avez|est-ce|y a-t-il|voulez|faut-il|souhaitez|le defunt (est|etait|a))\b|\?\s*oui\b", {"type": "yes_no"}),
    (r"\bnom\b|\bprenoms?\b", {"type": "text", "max_length": 120, "personal": True}),
]  # fmt: skip
TYPED = [(re.compile(pattern), config) for pattern, config in WORDS]


def guess(text: str, *, taken: Collection[str], language: str) -> list[dict[str, Any]]:
    """Return a field for each line of `text`; lines that begin with a hyphen are its answers."""
    fields: list[dict[str, Any]] = []
    keys = set(taken)
    for line in text.splitlines():
        if not line.strip():
            continue
        bullet = BULLET.match(line)
        if bullet and fields:
            _add_option(fields[-1], bullet[1].strip(), language)
            continue
        field = _question((bullet[1] if bullet else line).strip(), keys, language)
        keys.add(field["key"])
        fields.append(field)
    return fields


def _question(line: str, taken: set[str], language: str) -> dict[str, Any]:
    numbered = NUMBERED.match(line)
    label = (numbered[1] if numbered else line).strip()
    is_optional = bool(OPTIONAL.search(label)) or ("*" not in label and label.endswith("(opt)"))
    label = OPTIONAL.sub(" ", label).replace("*", "").strip()
    if label.startswith("#"):
        title = label.lstrip("# ").strip()
        return {"key": new_key(title, taken), "type": "heading", "label": {language: title}}
    answers: list[str] = []
    if YES_NO.search(label):
        label, config = YES_NO.sub("", label).strip(" :("), {"type": "yes_no"}
    elif (match := INLINE.match(label)) and "/" in match["answers"]:
        label, config = match["label"].strip(), {"type": "choice"}
        answers = [one.strip() for one in match["answers"].split("/") if one.strip()]
    else:
        plain = fold(label)
        config = next(
            (dict(made) for found, made in TYPED if found.search(plain)), {"type": "text"}
        )
    label = label.rstrip(" :.…_").strip() or line
    field: dict[str, Any] = {"key": new_key(label, taken), "label": {language: label}, **config}
    for answer in answers:
        _add_option(field, answer, language)
    if is_optional:
        field["required"] = False
    return {"key": field.pop("key"), "type": field.pop("type"), **field}


def _add_option(field: dict[str, Any], label: str, language: str) -> None:
    if field["type"] not in ("choice", "multi_choice"):
        many = re.search(r"plusieurs|cochez", fold(field["label"][language]))
        kept = {name: field[name] for name in ("key", "label", "required") if name in field}
        field.clear()
        field.update({"key": kept.pop("key"), "type": "multi_choice" if many else "choice"} | kept)
    options = field.setdefault("options", [])
    taken = {str(one["value"]) for one in options}
    options.append({"value": new_key(label, taken), "label": {language: label}})
