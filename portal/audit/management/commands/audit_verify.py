"""Find what was removed from the journal, altered in it, or added behind the portal's back."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.audit import checking, services


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--head", help="a head from paper or mail, POSITION:DIGEST")
        parser.add_argument("--no-chain", action="store_true", help="do not chain first")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["no_chain"]:
            services.chain()
        found = 0
        for fault in checking.faults(_head(options["head"])):
            found += 1
            self.stdout.write(f"{fault.kind.upper():9} {fault}")
        if found:
            raise CommandError(f"The journal is not whole: {found} faults.")
        self.stdout.write(f"The journal is whole: {checking.count()} lines.")


def _head(text: str | None) -> tuple[int, str] | None:
    if not text:
        return None
    position, _colon, digest = text.partition(":")
    if not position.isdecimal() or not digest:
        raise CommandError("--head takes POSITION:DIGEST, as audit_head prints it.")
    return int(position), digest.strip()
