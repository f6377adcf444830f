"""The root of every error that this product raises on purpose."""

from typing import Any


class PortalError(Exception):
    """Something a person can act on. The message is safe to show; `code` is stable and may be tested."""

    code = "portal_error"

    def __init__(self, message: str = "", **details: Any) -> None:
        super().__init__(message or self.code)
        self.details = details


class BadConfiguration(PortalError):
    """What an editor or an operator wrote cannot work; `details["errors"]` lists each fault."""

    code = "bad_configuration"
