"""Puts the whole library on an app: its routes in both dialects, its state, its commands."""

from flask import Flask

from . import status_api as _status_api
from .application import api as _application_api
from .application import keys_api as _keys_api
from .auth import issuer_api
from .auth.transport import require_https
from .collection import api as _collection_api
from .collection import smart_api as _smart_collection_api
from .commands import mediadb_commands, portal_commands
from .connection import connect
from .hosts.base import Host
from .hosts.plain import PlainHost
from .indexing.catalogs import Catalogs
from .indexing.methods import new_methods
from .ltu.mounting import BLUEPRINT as LTU_BLUEPRINT
from .ltu.mounting import mount as mount_ltu
from .media import api as _media_api
from .media.describer import Describer
from .namespace import ns
from .resource import answer_routing_errors
from .search import api as _search_api
from .search import colors_api as _colors_api
from .search import similar_api as _similar_api
from .state import MediaDB
from .storages import index_root, new_storage

# Importing a route module puts its routes on the namespace; nothing is mounted until `init_app`.
_ROUTES = (
    _application_api,
    _keys_api,
    _media_api,
    _collection_api,
    _smart_collection_api,
    _search_api,
    _similar_api,
    _colors_api,
    _status_api,
)


def mount(app: Flask, host: Host | None) -> None:
    """Mount everything on `app`; its settings have their defaults already.

    `host`: None for a plain portal.
    """
    host = host or PlainHost()
    host.init_app(app)
    connect(app)
    prefix, endpoint_prefix = host.add_namespace(app, ns)
    storage = new_storage(app)
    methods = new_methods(
        app.config["MEDIADB_SIMILARITY_ENCODER"],
        app.config["MEDIADB_SIMILARITY_FORMER_ENCODER"],
        app.config["MEDIADB_SIMILARITY_MAX_DISTANCE"],
    )
    catalogs = Catalogs(methods, index_root(app))
    app.extensions["mediadb"] = MediaDB(
        host=host,
        storage=storage,
        catalogs=catalogs,
        describer=Describer(catalogs, app.app_context),
        endpoint_prefix=endpoint_prefix,
    )
    if host.answers_routing_errors:
        answer_routing_errors(app, prefix)
    require_https(app, prefix, _BLUEPRINTS)
    mount_ltu(app, app.config["MEDIADB_LTU_PREFIX"])
    issuer_api.register(app, app.config["MEDIADB_LTU_PREFIX"].rstrip("/"))
    host.exempt_csrf(app, _BLUEPRINTS)
    app.cli.add_command(mediadb_commands if host.has_own_accounts else portal_commands)


_BLUEPRINTS = (LTU_BLUEPRINT, issuer_api.BLUEPRINT)
