"""The steps between a right password and an open session."""

from typing import Any

from allauth.account import stages

from portal.accounts.models import User


class PhoneVerificationStage(stages.PhoneVerificationStage):
    """Prove the phone of who has one: staff may have none, and allauth would lock them out."""

    def handle(self) -> tuple[Any, bool]:
        user = self.login.user
        if isinstance(user, User) and not user.phone:
            return None, True
        return super().handle()
