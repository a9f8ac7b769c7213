"""Applications with several signatures, from the command line."""

import os
import pty
import subprocess
import sys

from ..fixtures import Tenant
from ..portal import REPOSITORY, Portal


def test_an_application_is_created_with_the_signatures_that_are_named(
    portal: Portal, tenant: Tenant
) -> None:
    named = ("--signature", "match", "--signature", "colors")
    created = portal.flask("application", "create", "Flags", "--owner", tenant.user.email, *named)
    assert created.returncode == 0, created.stderr

    shown = tenant.client.get(f"applications/{created.stdout.strip()}/").json()
    assert (shown["name"], shown["signatures"]) == ("Flags", ["match", "colors"])
    assert created.stderr == ""  # programs that read both get the id alone


def test_a_person_at_a_terminal_is_told_what_the_id_is_of(portal: Portal, tenant: Tenant) -> None:
    arguments = ["application", "create", "Flags", "--owner", tenant.user.email]
    command = [sys.executable, "-m", "flask", "--app", "tests.portal", "mediadb", *arguments]
    ours, theirs = pty.openpty()
    try:
        done = subprocess.run(
            command, env=portal.environment, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=theirs,
            check=True, text=True,
        )  # fmt: skip
        shown = os.read(ours, 1000).decode()
    finally:
        os.close(ours)
        os.close(theirs)

    assert shown.startswith("Made the application Flags with match. The id:")
    assert tenant.client.get(f"applications/{done.stdout.strip()}/").json()["name"] == "Flags"


def test_a_signature_that_does_not_exist_is_refused(portal: Portal, tenant: Tenant) -> None:
    named = ("--owner", tenant.user.email, "--signature", "smell")
    refused = portal.flask("application", "create", "Flags", *named)

    assert refused.returncode != 0
    assert "smell" in refused.stderr
    assert "Traceback" not in refused.stderr
