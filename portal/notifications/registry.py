"""What the portal may say: one Kind per situation, its texts, and the values they need."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from portal.notifications.rendering import Text

_kinds: dict[str, "Kind"] = {}


@dataclass(frozen=True)
class Kind:
    """One situation. Texts are sentences; a sentence whose value is missing is left out.

    `needs` and `may` document the context: key → what it holds.
    """

    name: str
    subject: Text
    sms: tuple[Text, ...]
    body: tuple[Text, ...]
    action: Text = ""  # the words of the link, in a mail
    is_sensitive: bool = False
    needs: Mapping[str, str] = field(default_factory=dict)
    may: Mapping[str, str] = field(default_factory=dict)

    def missing(self, context: Mapping[str, object]) -> list[str]:
        return [key for key in self.needs if context.get(key) in (None, "")]


def register(
    name: str,
    *,
    subject: Text,
    sms: Iterable[Text],
    body: Iterable[Text],
    action: Text = "",
    is_sensitive: bool = False,
    needs: Mapping[str, str],
    may: Mapping[str, str] | None = None,
) -> None:
    """Make `name` known to notify(). :raises ValueError: a second kind of that name."""
    if name in _kinds:
        raise ValueError(f"notification {name} is registered twice")
    _kinds[name] = Kind(
        name, subject, tuple(sms), tuple(body), action, is_sensitive, needs, may or {}
    )


def kind_named(name: str) -> Kind:
    """:raises LookupError: nobody registered it."""
    try:
        return _kinds[name]
    except KeyError:
        raise LookupError(f"no notification is registered as {name}") from None


def all_kinds() -> list[Kind]:
    return list(_kinds.values())
