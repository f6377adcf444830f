"""Places where a process ends itself with SIGKILL, once, when a trial asks for it by a flag file."""

import functools
import os
import signal
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

# Name → function, and whether the process ends before it or after it. What is named is looked up
# by its callers at each call, so that replacing it here is enough.
PAYMENTS = "eservices.payments.services"
ISSUING = "eservices.documents.services"
PROVIDER = "eservices.payments.providers.stripe:StripeProvider.start"
POINTS = {
    "piece written, not registered": ("eservices.attachments.services:_keep", "after"),
    "piece registered, not answered": ("eservices.attachments.services:store", "after"),
    "submit not begun": ("eservices.filing.services:submit", "before"),
    "case written, not committed": ("eservices.cases.services:open_case", "after"),
    "pieces moved, not committed": ("eservices.cases.services:adopt_attachments", "after"),
    "submit committed, not answered": ("eservices.filing.services:submit", "after"),
    "attempt frozen, provider not called": (PROVIDER, "before"),
    "provider called, answer not kept": (PROVIDER, "after"),
    "provider's answer kept, payer not sent": (f"{PAYMENTS}:start", "after"),
    "receipt numbered, not committed": (f"{PAYMENTS}.settlement:next_number", "after"),
    "credit committed": (f"{PAYMENTS}.settlement:apply", "after"),
    "case settled, not committed": ("eservices.cases.models:CaseEvent.save", "after"),
    "notice kept, not acknowledged": (f"{PAYMENTS}:receive", "after"),
    "notice not looked into": (f"{PAYMENTS}:process", "before"),
    "settlement not begun": ("eservices.cases.services:settle", "before"),
    "message handed over, not noted": ("portal.notifications.services:_hand_over", "after"),
    "act not numbered": (f"{ISSUING}:_next_number", "before"),
    "act numbered, not drawn": (f"{ISSUING}:_next_number", "after"),
    "act stored, not registered": ("eservices.documents.models:IssuedDocument.save", "before"),
    "act registered, not committed": ("eservices.documents.models:IssuedDocument.save", "after"),
    "act committed, decision without it": (f"{ISSUING}:issue", "after"),
    "decision has its act, message not done": ("eservices.cases.issuing:issue_document", "after"),
}
# The work of the desk (tests/faults/test_desk_job.py).
DESK = "eservices.backoffice"
EXPORTS = f"{DESK}.services.exports"
SERVICES = "eservices.cases.services"
POINTS |= {
    "bulk: one not begun": (f"{DESK}.bulk:_one", "before"),
    "bulk: one changed, not committed": (f"{SERVICES}.flow:sync", "after"),
    "bulk: one done": (f"{DESK}.bulk:_one", "after"),
    "passed on, not committed": (f"{SERVICES}.flow:start", "after"),
    "passed on, not answered": (f"{DESK}.views.actions:TransferView.perform", "after"),
    "hearing: one not begun": (f"{SERVICES}.hearings:_decide", "before"),
    "hearing: one decided, not committed": (f"{SERVICES}.decisions:complete", "after"),
    "hearing: all decided, not closed": (f"{SERVICES}.hearings:publish", "before"),
    "hearing: closed, not answered": (f"{SERVICES}:hold_hearing", "after"),
    "sitting: one applied, not committed": ("eservices.sittings.services.conduct:_apply", "after"),
    "sitting: closed, not answered": ("eservices.sittings.services:close", "after"),
    "export: begun": (f"{EXPORTS}:begin", "after"),
    "export: half written": (f"{EXPORTS}:progress", "after"),
    "export: written, not kept": (f"{EXPORTS}:finish", "before"),
    "export: kept, not committed": (f"{EXPORTS}:finish", "after"),
    "distribution: not given": (f"{DESK}.services.distribution:distribute", "before"),
    "distribution: given, not committed": (f"{SERVICES}.flow:sync", "after"),
    "distribution: given, message not done": (f"{DESK}.services.distribution:distribute", "after"),
    "timer: not begun": (f"{SERVICES}.timers:fire", "before"),
    "timer: told, not committed": (f"{SERVICES}.timers:_tell", "after"),
    "timer: silence taken, not committed": (f"{SERVICES}.timers:_silence", "after"),
    "timer: done": (f"{SERVICES}.timers:fire", "after"),
}


class Flags:
    """The trial's side and the processes' side of the same folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "points"
        self.folder.mkdir(exist_ok=True)

    def arm(self, point: str, *, passage: int = 1) -> None:
        """Have a process end at its `passage`th coming to `point`, whichever process comes."""
        (self.folder / f"{point}.killed").unlink(missing_ok=True)
        (self.folder / point).write_text(str(passage))

    def disarm(self) -> None:
        for path in self.folder.iterdir():
            if path.suffix != ".killed":
                path.unlink(missing_ok=True)

    def killed_at(self, point: str) -> float:
        """Return when a process ended at `point`, by the clock of the wall; 0 while none did."""
        path = self.folder / f"{point}.killed"
        return path.stat().st_mtime if path.exists() else 0

    def end_here(self, point: str) -> None:
        try:
            left = int((self.folder / point).read_text() or 1) - 1
            if left > 0:
                (self.folder / point).write_text(str(left))
                return
            # Of two processes one succeeds.
            (self.folder / point).rename(self.folder / f"{point}.killed")
        except (FileNotFoundError, ValueError):  # not armed; or another is just counting
            return
        (self.folder / f"{point}.killed").write_text(str(os.getpid()))
        os.kill(os.getpid(), signal.SIGKILL)


def install() -> None:
    flags = Flags(Path(os.environ["FAULT_EFFECTS"]))
    for point, (target, when) in POINTS.items():
        module, _, path = target.partition(":")
        *owners, name = path.split(".")
        owner = functools.reduce(getattr, owners, import_module(module))
        setattr(owner, name, _deadly(getattr(owner, name), flags, point, when))


def _deadly(function: Callable, flags: Flags, point: str, when: str) -> Callable:
    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if when == "before":
            flags.end_here(point)
        result = function(*args, **kwargs)
        if when == "after":
            flags.end_here(point)
        return result

    return wrapped
