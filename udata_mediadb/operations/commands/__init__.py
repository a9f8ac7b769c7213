"""The `mediadb` command group: `flask mediadb …`."""

from flask.cli import AppGroup

from .accounts import key_commands, organization_commands, user_commands
from .applications import application_commands
from .backing_up import backup, restore
from .bringing_in import import_folder
from .examining import exam
from .identity import identity
from .importing import import_pictures
from .migrating import run_migrations
from .orphans import orphan_commands
from .rebuilding import rebuild
from .secrets import secret_commands
from .signing import signing_commands
from .upkeep import check, purge, reindex
from .working import worker

__all__ = ["mediadb_commands", "portal_commands"]

# `mediadb_commands` for a plain portal; `portal_commands` for one with accounts of its own.
mediadb_commands = AppGroup("mediadb", help="The media library.")
portal_commands = AppGroup("mediadb", help="The media library.")
for command in (
    application_commands,
    signing_commands,
    secret_commands,
    check,
    reindex,
    rebuild,
    purge,
    backup,
    restore,
    identity,
    orphan_commands,
    import_pictures,
    import_folder,
    run_migrations,
    worker,
    exam,
):
    mediadb_commands.add_command(command)
    portal_commands.add_command(command)
for command in (user_commands, organization_commands, key_commands):
    mediadb_commands.add_command(command)
