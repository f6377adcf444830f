"""The arithmetic of the journal: what a line's seal and a link's digest are. Pure."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings


def canonical(content: Mapping[str, Any]) -> bytes:
    """Return `content` as the one text that is hashed, whichever database it came from."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def seal(content: Mapping[str, Any]) -> str:
    """Return the keyed digest that only this installation can make."""
    return _keyed(_keys()[0], content)


def is_sealed(content: Mapping[str, Any], given: str) -> bool:
    """Tell whether `given` seals `content` under today's key or one of its predecessors."""
    return any(hmac.compare_digest(_keyed(key, content), given) for key in _keys())


def digest(position: int, previous: str, content: Mapping[str, Any], sealed: str) -> str:
    """Return the digest of a link: anybody who has an export can work it out again."""
    head = f"{position}\n{previous}\n{sealed}\n".encode()
    return hashlib.sha256(head + canonical(content)).hexdigest()


def link_seal(position: int, digest: str) -> str:
    """Return the keyed digest of a link."""
    return seal({"position": position, "digest": digest})


def is_link_sealed(position: int, digest: str, given: str) -> bool:
    return is_sealed({"position": position, "digest": digest}, given)


def _keyed(key: str, content: Mapping[str, Any]) -> str:
    secret = hashlib.sha256(b"audit:" + key.encode()).digest()
    return hmac.new(secret, canonical(content), hashlib.sha256).hexdigest()


def _keys() -> list[str]:
    former = [str(key) for key in settings.SECRET_KEY_FALLBACKS]
    return [*settings.AUDIT_KEYS, settings.SECRET_KEY, *former]
