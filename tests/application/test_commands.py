"""Applications with several signatures, from the command line."""

from ..fixtures import Tenant
from ..portal import Portal


def test_an_application_is_created_with_the_signatures_that_are_named(
    portal: Portal, tenant: Tenant
) -> None:
    named = ("--signature", "match", "--signature", "colors")
    created = portal.flask("application", "create", "Flags", "--owner", tenant.user.email, *named)
    assert created.returncode == 0, created.stderr

    shown = tenant.client.get(f"applications/{created.stdout.strip()}/").json()
    assert (shown["name"], shown["signatures"]) == ("Flags", ["match", "colors"])
    assert created.stderr == "Made the application Flags with match, colors. The id:\n"


def test_a_signature_that_does_not_exist_is_refused(portal: Portal, tenant: Tenant) -> None:
    named = ("--owner", tenant.user.email, "--signature", "smell")
    refused = portal.flask("application", "create", "Flags", *named)

    assert refused.returncode != 0
    assert "smell" in refused.stderr
    assert "Traceback" not in refused.stderr
