"""How accounts speak to people: by SMS first, by mail when there is one."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    pass
