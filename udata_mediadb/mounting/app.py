"""Puts the whole library on an app: its routes in both dialects, its state, its commands."""

from functools import partial

import flask_storage
from flask import Flask

from ..application import api as _application_api
from ..application import key_pair_api as _key_pair_api
from ..application import links_api as _links_api
from ..application import me_api as _me_api
from ..application import transfer_api as _transfer_api
from ..application.changes import signatures_changed
from ..application.quotas import Quotas
from ..authentication import issuer_api
from ..authentication.keyring import keyring_of
from ..collection import api as _collection_api
from ..collection import feeds_api as _collection_feeds_api
from ..collection import smart_api as _smart_collection_api
from ..collection.adding import adding_to
from ..dialects.ltu.mounting import BLUEPRINT as LTU_BLUEPRINT
from ..dialects.ltu.mounting import mount as mount_ltu
from ..dialects.pages.mounting import BLUEPRINT as PAGES_BLUEPRINT
from ..dialects.pages.mounting import mount as mount_pages
from ..dialects.pages.sitemap import mount_sitemap
from ..hosts.base import Host
from ..hosts.plain import PlainHost
from ..imaging import DecodingBudget
from ..indexing.bucket import segment_bucket
from ..indexing.catalogs import Catalogs
from ..indexing.local_disk import refuse_network_disk
from ..indexing.shards.client import cluster_client
from ..jobs import api as _jobs_api
from ..jobs.workers import Jobs
from ..media import api as _media_api
from ..media import versions_api as _versions_api
from ..media.about import proposed_about
from ..media.describer import Describer, describe_if_due
from ..media.exporting import api as _exporting_api
from ..media.feeds import api as _feeds_api
from ..media.files import index_root, new_storage
from ..media.ingest import Ingest
from ..media.presigning import new_presigner
from ..mongo.connection import connect
from ..operations import openapi_api as _openapi_api
from ..operations import status_api as _status_api
from ..operations.changes import api as _changes_api
from ..operations.commands import mediadb_commands, portal_commands
from ..operations.imports import api as _imports_api
from ..operations.imports import tus
from ..operations.imports import uploads_api as _uploads_api
from ..operations.recovery.at_start import StartMending
from ..operations.watching import health_api as _health_api
from ..operations.watching import metrics_api as _metrics_api
from ..operations.watching.mounting import watch
from ..recognition.registered import RegisteredSignature
from ..recognition.registry import new_registry
from ..search import api as _search_api
from ..search import colors_api as _colors_api
from ..search import compare_api as _compare_api
from ..search import explain_api as _explain_api
from ..search import queries_api as _queries_api
from ..search import similar_api as _similar_api
from ..search import statistics_api as _statistics_api
from ..search.duplicates import api as _duplicates_api
from ..search.exam import api as _exam_api
from ..search.noting import similar_to
from ..search.rules.smart import drop_rules, with_rules
from ..search.watches import api as _watches_api
from ..web.answers import answer_routing_errors
from ..web.browsers import head_answers
from ..web.namespace import ns
from ..web.slow_bodies import pace_bodies
from ..web.transport import require_https
from .checked_settings import check_settings
from .extension import MediaDB
from .job_kinds import KINDS, due
from .process_tuning import tune_at_first_use
from .serving_process import begin_where_served, require_threads

# Importing a route module puts its routes on the namespace; nothing is mounted until `init_app`.
_ROUTES = (
    _application_api,
    _transfer_api,
    _links_api,
    _me_api,
    _key_pair_api,
    _media_api,
    _exporting_api,
    _feeds_api,
    _collection_feeds_api,
    _versions_api,
    _collection_api,
    _smart_collection_api,
    _search_api,
    _queries_api,
    _compare_api,
    _explain_api,
    _exam_api,
    _similar_api,
    _statistics_api,
    _colors_api,
    _duplicates_api,
    _watches_api,
    _jobs_api,
    _changes_api,
    _imports_api,
    _uploads_api,
    _status_api,
    _health_api,
    _metrics_api,
    _openapi_api,
)


def mount(app: Flask, host: Host | None) -> None:
    """Mount everything on `app`; its settings have their defaults already.

    `host`: None for a plain portal.
    """
    keyring_of(app.config)  # refuses to start without a secret
    host = host or PlainHost()
    check_settings(app, host)
    host.init_app(app)
    connect(app)
    tune_at_first_use(app)
    prefix, endpoint_prefix = host.add_namespace(app, ns)
    storage = new_storage(app)
    registry = _registry(app)
    root = index_root(app)
    refuse_network_disk(root)
    catalogs = Catalogs(
        registry, root, bucket=segment_bucket(app.config), cluster=cluster_client(app.config)
    )
    new_ingest = partial(_ingest, app, storage, registry, _shared_budget(app))
    jobs = Jobs(KINDS, app.app_context, due)
    app.extensions["mediadb"] = MediaDB(
        host=host,
        storage=storage,
        presigner=new_presigner(app, storage),
        catalogs=catalogs,
        new_ingest=new_ingest,
        describer=Describer(),
        jobs=jobs,
        adding_to=adding_to,
        similar_to=similar_to,
        picture_rules=_smart_collection_api.PictureRules(with_rules, drop_rules),
        endpoint_prefix=endpoint_prefix,
    )
    _work_beside_requests(app, StartMending(new_ingest, catalogs.root, app.app_context), jobs)
    watch(app, prefix, BLUEPRINTS)
    answer_routing_errors(app, prefix, unknown_paths=host.answers_routing_errors)
    pace_bodies(app)
    require_https(app, prefix, BLUEPRINTS)
    # udata, which answers below its API itself, tells browsers there in its own way
    head_answers(app, prefix, [LTU_BLUEPRINT], tells_browsers=host.answers_routing_errors)
    mount_ltu(app, app.config["MEDIADB_LTU_PREFIX"])
    if app.config["MEDIADB_PAGES_PREFIX"] is not None:
        pages = app.config["MEDIADB_PAGES_PREFIX"]
        mount_pages(app, pages, own_sessions=host.has_own_accounts)
        mount_sitemap(app, pages)
    tus.tell(app)
    issuer_api.register(app, app.config["MEDIADB_LTU_PREFIX"].rstrip("/"))
    host.exempt_csrf(app, [one for one in BLUEPRINTS if one in app.blueprints])
    app.cli.add_command(mediadb_commands if host.has_own_accounts else portal_commands)


def _registry(app: Flask) -> dict[str, RegisteredSignature]:
    return new_registry(
        app.config["MEDIADB_SIMILARITY_ENCODER"],
        app.config["MEDIADB_SIMILARITY_FORMER_ENCODER"],
        app.config["MEDIADB_SIMILARITY_MAX_DISTANCE"],
    )


def _shared_budget(app: Flask) -> DecodingBudget:
    """Of all requests of this process together."""
    return DecodingBudget(app.config["MEDIADB_DECODING_BYTES"])


def _work_beside_requests(app: Flask, mending: StartMending, jobs: Jobs) -> None:
    require_threads()
    app.before_request(mending.start)
    app.before_request(jobs.look)
    app.after_request(jobs.after_change)

    def begin() -> None:  # as if a first request had come
        mending.start()
        jobs.look()

    begin_where_served(app, begin)


def _ingest(
    app: Flask,
    storage: flask_storage.Storage,
    registry: dict[str, RegisteredSignature],
    budget: DecodingBudget,
) -> Ingest:
    config = app.config
    return Ingest(
        storage=storage,
        registry=registry,
        max_pixels=config["MEDIADB_IMAGE_MAX_PIXELS"],
        thumbnail_side_px=config["MEDIADB_THUMBNAIL_SIDE_PX"],
        served_side_px=config["MEDIADB_SERVED_SIDE_PX"],
        budget=budget,
        propose=proposed_about,
        quotas=Quotas(config["MEDIADB_QUOTA_MEDIA"], config["MEDIADB_QUOTA_BYTES"]),
    )


signatures_changed.connect(describe_if_due)
BLUEPRINTS = (LTU_BLUEPRINT, PAGES_BLUEPRINT, issuer_api.BLUEPRINT)
