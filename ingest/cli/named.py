"""How a user and an account are named at the command line."""

import re
from typing import Any

import click

from ingest.identity import User, account_text
from ingest.nip import NipFault, read_nip

_NAME = re.compile(r"[a-z][a-z0-9._-]{0,63}")
_ACCOUNT_NAME = re.compile(r"[^\s()]{1,64}")


class UserName(click.ParamType[str]):
    name = "name"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not _NAME.fullmatch(str(value)):
            self.fail(
                f"{value!r} is no name: small letters, digits, . _ - and up to 64 signs", param, ctx
            )
        return str(value)


class UserNip(click.ParamType[str]):
    """A NIP, of somebody on record here or not: some users are of no office that is kept."""

    name = "nip"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return read_nip(str(value)).digits
        except NipFault as error:
            self.fail(str(error), param, ctx)


class _AccountName(click.ParamType[str]):
    name = "account"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not _ACCOUNT_NAME.fullmatch(str(value)) or not str(value).isprintable():
            self.fail(f"{value!r} is no account of the operating system", param, ctx)
        return str(value)


ACCOUNT = _AccountName()


def account_of(os_user: str | None, sudo_user: str | None) -> str | None:
    if os_user is None:
        if sudo_user is not None:
            raise click.UsageError("--sudo-user goes with --os-user")
        return None
    return account_text(os_user, sudo_user or "")


def told_of(user: User) -> dict[str, object]:
    return {
        "full_name": user.full_name,
        "role": user.role.value,
        "office": user.office,
        "account": user.os_user,
        "nip": user.nip,
    }
