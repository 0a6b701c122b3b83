"""`analytics people`: who may sign in to the dashboard, and what each may do."""

import click

from analytics.asking.store_questions import (
    block_person,
    grant_role,
    list_people,
    sign_out_person,
    unbind_person,
    unblock_person,
    withdraw_role,
)
from analytics.cli.output import align_columns, format_instant
from analytics.cli.stored import asking_store, choose_project, project_option
from analytics.store.people import ROLES, Grant, Person
from analytics.store.write_keys import DEFAULT_PROJECT


@click.group("people")
def people_command() -> None:
    """Say who may sign in to the dashboard and do what: viewer, analyst, operator or admin of a project.

    Example: analytics people grant ann@shop.example --role admin
    """


@people_command.command("grant")
@click.argument("email", metavar="EMAIL")
@click.option("--role", type=click.Choice(ROLES), required=True, help="Each may do what those before it may, and more.")
@click.option("--project", metavar="NAME", default=DEFAULT_PROJECT, show_default=True, help="Made where there is none.")
@click.option("--in-full", "sees_in_full", is_flag=True, help="Phones and names are shown in full, not masked.")
def grant_command(email: str, role: str, project: str, sees_in_full: bool) -> None:
    """Give somebody a role in a project, before they first sign in or after it, in place of the one they have there.

    Example: analytics people grant ben@shop.example --role analyst --in-full
    """
    with asking_store() as ask:
        person = ask(grant_role, email, role, project, sees_in_full=sees_in_full)
    blocked = " They are blocked." if person.blocked_at else ""
    click.echo(f"{person.email} is {role} of {project} now, and sees phones {_how(sees_in_full)}.{blocked}")


@people_command.command("list")
def list_command() -> None:
    """List everybody who may sign in, by e-mail address, with their roles.

    Example: analytics people list
    """
    with asking_store() as ask:
        known = ask(list_people)
    if not known:
        click.echo("Nobody may sign in yet: `analytics people grant EMAIL --role admin` lets somebody.", err=True)
        return
    header = ["ID", "E-mail", "Roles", "Signed in", "Since", "Blocked"]
    click.echo(align_columns([header, *map(_format_row, known)]), nl=False)


@people_command.command("withdraw")
@click.argument("email", metavar="EMAIL")
@project_option
def withdraw_command(email: str, project: str | None) -> None:
    """Take somebody's role in a project.

    Example: analytics people withdraw ben@shop.example --project shop
    """
    with asking_store() as ask:
        found = choose_project(ask, project)
        ask(withdraw_role, email, found.id)
    click.echo(f"{email} has no role in {found.name} any more.")


@people_command.command("block")
@click.argument("email", metavar="EMAIL")
def block_command(email: str) -> None:
    """Sign somebody out everywhere, and keep them out until they are unblocked; their roles stay.

    Example: analytics people block ben@shop.example
    """
    with asking_store() as ask:
        ask(block_person, email)
    click.echo(f"{email} is blocked.")


@people_command.command("unblock")
@click.argument("email", metavar="EMAIL")
def unblock_command(email: str) -> None:
    """Let somebody in again who was blocked.

    Example: analytics people unblock ben@shop.example
    """
    with asking_store() as ask:
        ask(unblock_person, email)
    click.echo(f"{email} may sign in.")


@people_command.command("sign-out")
@click.argument("email", metavar="EMAIL")
def sign_out_command(email: str) -> None:
    """End all sessions of somebody; they may sign in again.

    Example: analytics people sign-out ben@shop.example
    """
    with asking_store() as ask:
        count = ask(sign_out_person, email)
    click.echo(f"{email} is signed out: {count} {'session' if count == 1 else 'sessions'} ended.")


@people_command.command("unbind")
@click.argument("email", metavar="EMAIL")
def unbind_command(email: str) -> None:
    """Let whoever next signs in with an e-mail address have its roles, as after a change of the sign-in provider.

    From the first sign-in on, roles belong to the account at the provider, not to the e-mail address.

    Example: analytics people unbind ben@shop.example
    """
    with asking_store() as ask:
        ask(unbind_person, email)
    click.echo(f"The roles of {email} are those of whoever next signs in with that address.")


def _format_row(person: Person) -> list[str]:
    roles = ", ".join(map(_describe, person.grants)) or "none"
    signed_in = "yes" if person.subject else "not yet"
    return [
        person.id,
        person.email,
        roles,
        signed_in,
        format_instant(person.known_since),
        format_instant(person.blocked_at),
    ]


def _describe(grant: Grant) -> str:
    return f"{grant.role} of {grant.project_name}" + (" in full" if grant.sees_in_full else "")


def _how(in_full: bool) -> str:
    return "in full" if in_full else "masked"
