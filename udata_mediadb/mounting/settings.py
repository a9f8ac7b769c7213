"""Every `MEDIADB_*` setting with its default and a line of help.

docs/reference/settings.md shows this table.

Settings are read from `app.config` when they are needed, so a portal may set them after `init_app`.
"""

from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any

LTU_PREFIX = "/ltu"


@dataclass(frozen=True)
class Setting:
    """One key of the Flask configuration."""

    name: str
    default: Any
    help: str


SETTINGS = (
    Setting("MEDIADB_ENABLED", True, "False: nothing is mounted, as if it were not installed."),
    Setting(
        "MEDIADB_MONGODB_URI",
        "mongodb://127.0.0.1:27017/mediadb",
        "Used only where the portal has not connected MongoEngine itself, as udata has.",
    ),
    Setting(
        "MEDIADB_SECRET",
        None,
        "Secret for key hashes, sealed private keys and signed links; None: the SECRET_KEY.",
    ),
    Setting(
        "MEDIADB_SECRET_FALLBACKS",
        (),
        "Former values of MEDIADB_SECRET, the latest first: what they made is still good.",
    ),
    Setting(
        "MEDIADB_INDEX_ROOT",
        None,
        "Directory on a local disk for index segments, never served; None: beside FS_ROOT.",
    ),
    Setting(
        "MEDIADB_SEGMENT_STORE",
        None,
        "`s3://bucket/prefix`: one machine writes index segments for all; None: each its own.",
    ),
    Setting(
        "MEDIADB_CLUSTER",
        None,
        "URLs of the doors of `mediadb-cluster`, whose shards answer searches; None: this process.",
    ),
    Setting(
        "MEDIADB_FILES_REDIRECT",
        False,
        "Answer files by redirects to presigned links into the bucket: True, or its public URL.",
    ),
    Setting(
        "MEDIADB_TUNE_PROCESS",
        True,
        "Compute with few threads per request, and keep freed memory for the next picture.",
    ),
    Setting(
        "MEDIADB_SIMILARITY_ENCODER",
        None,
        "An ONNX encoder of your own, such as `{'path': …, 'dimension': 384}`; "
        "None: the shipped one.",
    ),
    Setting(
        "MEDIADB_SIMILARITY_FORMER_ENCODER",
        None,
        "Your encoder before: it serves while the pictures are described by the new one.",
    ),
    Setting(
        "MEDIADB_SIMILARITY_MAX_DISTANCE",
        0.6,
        "Pictures farther apart than this do not look alike; other encoders may want another.",
    ),
    Setting("MEDIADB_UPLOAD_MAX_BYTES", 32 * 1024 * 1024, "Larger uploads are refused with 413."),
    Setting(
        "MEDIADB_BODY_LEAST_BYTES_PER_S",
        2048,
        "Bodies that come more slowly are ended with 408, under gunicorn; None: any rate.",
    ),
    Setting(
        "MEDIADB_IMAGE_MAX_PIXELS",
        80_000_000,
        "Images with more pixels are refused with 413 before decoding.",
    ),
    Setting(
        "MEDIADB_DECODING_BYTES",
        288 * 1024 * 1024,
        "Memory for the pictures that a worker decodes at the same time; others wait, then 503.",
    ),
    Setting(
        "MEDIADB_METRICS_TOKEN",
        None,
        "A bearer token that may read `metrics/`, for Prometheus; None: this machine may without.",
    ),
    Setting(
        "MEDIADB_LOG_FORMAT",
        "text",
        "json: our log goes to standard error, a JSON object a line, with each request.",
    ),
    Setting(
        "MEDIADB_TRACES",
        False,
        "Traces by OpenTelemetry; needs `udata-mediadb[trace]`.",
    ),
    Setting(
        "MEDIADB_SLOW_SEARCH_S",
        2.0,
        "Searches by image that take longer are logged with their stages; None: none is.",
    ),
    Setting(
        "MEDIADB_FETCH_ALLOW",
        (),
        "Host names or networks that a `url` may name although they are private.",
    ),
    Setting(
        "MEDIADB_FETCH_DEADLINE_S", 10.0, "Total time for fetching a `url`, redirects included."
    ),
    Setting("MEDIADB_THUMBNAIL_SIDE_PX", 256, "Long side of thumbnails."),
    Setting(
        "MEDIADB_SERVED_SIDE_PX",
        4096,
        "Long side of the re-encoded picture that is shown inline; larger originals are reduced.",
    ),
    Setting(
        "MEDIADB_UNKNOWN_ARGUMENTS",
        "refuse",
        "refuse: an argument that a route does not know is a 400; warn: an X-Warning header.",
    ),
    Setting(
        "MEDIADB_PAGE_SIZE_MAX",
        None,
        "Larger pages are cut to this, in both dialects; None: 100, and 1000 in the LTU dialect.",
    ),
    Setting(
        "MEDIADB_LICENCES",
        {},
        "Further licences of a plain portal: id -> `{'title': …, 'url': …}`; udata has its own.",
    ),
    Setting(
        "MEDIADB_PAGES_PREFIX",
        "/mediadb",
        "Where the pages for people are; None: they are not mounted.",
    ),
    Setting(
        "MEDIADB_PAGES_LAYOUT",
        None,
        "A template of the portal, with a block `content`, that pages stand in; None: our own.",
    ),
    Setting(
        "MEDIADB_PAGES_LANGUAGES",
        ("en", "fr", "de", "lb"),
        "Languages that pages offer; the first one is for whoever reads none of them.",
    ),
    Setting(
        "MEDIADB_PAGES_SAMPLE",
        None,
        "File of a picture that the search page offers for trying it out; None: it offers none.",
    ),
    Setting(
        "MEDIADB_QUERY_KEEP_S",
        86_400,
        "Seconds that a query is kept, so that its search can be come back to.",
    ),
    Setting("MEDIADB_QUERY_MAX", 200, "Queries that one user or key may keep at a time."),
    Setting(
        "MEDIADB_SEARCH_CANDIDATES",
        20,
        "References verified per search and signature; more while whole batches are accepted.",
    ),
    Setting(
        "MEDIADB_LINK_LIFETIME_S",
        24 * 3600,
        "How long links to files of an application that is not public stay valid, at least.",
    ),
    Setting(
        "MEDIADB_LTU_PREFIX",
        LTU_PREFIX,
        "Where the LTU dialect and the OpenID token endpoint are mounted; empty for the root.",
    ),
    Setting(
        "MEDIADB_LTU_STRICT",
        False,
        "LTU dialect: refuse unknown properties with 400, instead of taking them for metadata.",
    ),
    Setting(
        "MEDIADB_TOKEN_ENDPOINT",
        None,
        "Whether passwords can be changed for tokens here; None: where no provider is set.",
    ),
    Setting("MEDIADB_TOKEN_ACCESS_S", 600, "How long access tokens last (LTU guide: 600 s)."),
    Setting("MEDIADB_TOKEN_REFRESH_S", 1800, "How long refresh tokens last (LTU guide: 1800 s)."),
    Setting(
        "MEDIADB_OPENID_PROVIDERS",
        (),
        "Outside OpenID providers whose tokens count: mappings with an `issuer` and options.",
    ),
    Setting(
        "MEDIADB_APIKEY_REVEAL",
        "owner",
        "owner: owners may read private keys again; once: they are shown when made, not kept.",
    ),
    Setting("MEDIADB_BASIC_AUTH", False, "Accept HTTP Basic, over https only."),
    Setting(
        "MEDIADB_REQUIRE_HTTPS",
        False,
        "Answer plain http with 301 (GET) or 403; behind a proxy this needs ProxyFix.",
    ),
    Setting(
        "MEDIADB_LIMIT_SEARCH",
        "3000/minute",
        "Searches of one user or key, and from one address; None: no limit.",
    ),
    Setting(
        "MEDIADB_LIMIT_ANONYMOUS",
        "60/minute",
        "Searches from one address without any credential, where applications allow them.",
    ),
    Setting(
        "MEDIADB_LIMIT_LOGIN",
        "120/minute",
        "Requests for tokens from one address; None: no limit.",
    ),
    Setting(
        "MEDIADB_LIMIT_STORAGE",
        "memory",
        "memory: each worker counts for itself; mongodb: all together, at about 1 ms a request.",
    ),
    Setting(
        "MEDIADB_PURGE_AFTER_DAYS",
        30,
        "Age at which `purge` removes deleted media for good, in days; None: never.",
    ),
    Setting(
        "MEDIADB_JOBS_IN_WEB",
        True,
        "Web workers do jobs beside requests; False: only `flask mediadb worker` or Celery does.",
    ),
    Setting(
        "MEDIADB_JOBS_LOOK_EVERY_S",
        60.0,
        "Seconds after which a web worker looks for jobs that a killed one left, where no request "
        "comes; 0: only with requests.",
    ),
    Setting(
        "MEDIADB_IMPORT_PROCESSES",
        None,
        "Processes that describe the pictures of an import; 0: threads; None: one for each core.",
    ),
    Setting("MEDIADB_QUOTA_MEDIA", None, "Media that an application may hold; None: any number."),
    Setting("MEDIADB_QUOTA_BYTES", None, "Bytes of originals that an application may hold."),
)


def set_defaults(config: MutableMapping[str, Any]) -> None:
    """Give every setting that the portal did not set its default."""
    for setting in SETTINGS:
        config.setdefault(setting.name, setting.default)
