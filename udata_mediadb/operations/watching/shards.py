"""What is read of a cluster when somebody asks for the metrics."""

from collections.abc import Iterator

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily

from ...indexing.current import current_catalogs
from ...indexing.shards.client import ClusterClient
from ...indexing.shards.remote import NotTold, copies_by_shard


def of_shards() -> Iterator[Metric]:
    """Families without samples where there is no cluster."""
    copies = _family("copies", "Copies of a shard that answer and are whole", "shard")
    wanted = _family("copies_wanted", "Copies that a shard should have", "shard")
    up = _family("up", "Whether a door of the cluster answers, and has shards")
    catalogs = current_catalogs()
    if catalogs.cluster is not None:
        up.add_metric([], float(_count(catalogs.cluster, copies, wanted)))
    return iter((up, copies, wanted, _behind()))


def _count(client: ClusterClient, copies: Metric, wanted: Metric) -> bool:
    try:
        told = copies_by_shard(client)
    except NotTold:
        return False
    for shard, states in told.items():
        copies.add_sample(copies.name, {"shard": str(shard)}, sum(states))
        wanted.add_sample(wanted.name, {"shard": str(shard)}, len(states))
    return True


def _behind() -> Metric:
    """Of the indexes that this worker asked a cluster for."""
    behind = _family("behind_entries", "Entries of the log that shards lack", *_INDEX)
    for application, signature, remote in current_catalogs().remote():
        behind.add_metric([application, signature], remote.status()["behind"])
    return behind


_INDEX = ("application", "signature")


def _family(name: str, help: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"mediadb_cluster_{name}", help, labels=labels)
