"""A media library with search by image for udata and any Flask data portal."""

from flask import Flask

from . import settings
from . import status_api as _status_api
from .application import api as _application_api
from .application import keys_api as _keys_api
from .auth import issuer_api
from .auth.transport import require_https
from .collection import api as _collection_api
from .collection import smart_api as _smart_collection_api
from .commands import mediadb_commands
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
from .state import MediaDB
from .storages import index_root, new_storage

__all__ = ["init_app"]

# Importing a route module puts its routes on the namespace; nothing is mounted until `init_app`.
_ROUTES = (
    _application_api,
    _keys_api,
    _media_api,
    _collection_api,
    _smart_collection_api,
    _search_api,
    _status_api,
)


def init_app(app: Flask, host: Host | None = None) -> None:
    """Mount the media library on `app`, at `/api/1/mediadb/`.

    `host`: the portal's side of the seam (hosts.base); without one, a plain portal with users and
    keys of our own. May be called for several apps in one process, once for each.
    """
    settings.set_defaults(app.config)
    host = host or PlainHost()
    host.init_app(app)
    connect(app)
    prefix, endpoint_prefix = host.add_namespace(app, ns)
    storage = new_storage(app)
    catalogs = Catalogs(new_methods(), index_root(app))
    app.extensions["mediadb"] = MediaDB(
        host=host,
        storage=storage,
        catalogs=catalogs,
        describer=Describer(catalogs),
        endpoint_prefix=endpoint_prefix,
    )
    answer_routing_errors(app, prefix)
    require_https(app, prefix, (LTU_BLUEPRINT, issuer_api.BLUEPRINT))
    mount_ltu(app, app.config["MEDIADB_LTU_PREFIX"])
    issuer_api.register(app, app.config["MEDIADB_LTU_PREFIX"].rstrip("/"))
    app.cli.add_command(mediadb_commands)
