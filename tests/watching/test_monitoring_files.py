"""The alert rules and the dashboard that the repository has: read by Prometheus' own tool, and
true to what `metrics/` says."""

import json
import re
import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import pytest
import yaml

from ..images import jpeg
from ..portal_here import PortalHere
from .conftest import read

MONITORING = Path(__file__).parents[2] / "monitoring"
ALERTS = MONITORING / "alerts.yml"
DASHBOARD = MONITORING / "grafana-dashboard.json"
has_promtool = pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is missing")

# Each alert, and a series that must set it off.
OFF = {
    "MediaDBDown": ('up{job="mediadb"}', "0+0x60"),
    "MediaDBDatabaseAway": ("mediadb_database_up", "0+0x60"),
    "MediaDBErrors": ('mediadb_requests_total{code="500"}', "0+6x60"),
    "MediaDBUnavailable": ('mediadb_requests_total{code="503"}', "0+6x60"),
    "MediaDBStorageFails": ('mediadb_failures_total{what="storage"}', "0+1x60"),
    "MediaDBSlowSearches": (None, ""),
    "MediaDBIndexBehind": ('mediadb_index_unwritten_entries{signature="match"}', "30000+100x60"),
    "MediaDBUploadsPending": ("mediadb_pending_oldest_seconds", "8000+60x60"),
    "MediaDBDecodingFull": ('mediadb_failures_total{what="decoding"}', "0+2x60"),
    "MediaDBDiskFilling": ('mediadb_disk_free_bytes{disk="files"}', "5+0x60"),
    "MediaDBShardLost": ("mediadb_cluster_up", "0+0x60"),
    "MediaDBShardCopies": ('mediadb_cluster_copies{shard="1"}', "1+0x60"),
}
BESIDE = {
    "MediaDBShardCopies": {'mediadb_cluster_copies_wanted{shard="1"}': "2+0x60"},
    "MediaDBDiskFilling": {'mediadb_disk_bytes{disk="files"}': "100+0x60"},
    "MediaDBSlowSearches": {
        'mediadb_request_seconds_bucket{route="/search/",le="2"}': "0+0x60",
        'mediadb_request_seconds_bucket{route="/search/",le="5"}': "0+60x60",
        'mediadb_request_seconds_bucket{route="/search/",le="+Inf"}': "0+60x60",
    },
}


def rules() -> list[dict[str, str]]:
    groups = yaml.safe_load(ALERTS.read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def promtool(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["promtool", *arguments], capture_output=True, text=True, check=False)


@has_promtool
def test_prometheus_loads_ten_rules_and_two_for_clusters() -> None:
    done = promtool("check", "rules", "--lint-fatal", str(ALERTS))

    assert done.returncode == 0, done.stderr
    assert "12 rules found" in done.stdout


@has_promtool
@pytest.mark.parametrize("alert", OFF)
def test_each_rule_is_set_off_by_what_it_is_for_and_by_nothing_else(
    alert: str, tmp_path: Path
) -> None:
    name, values = OFF[alert]
    series = {**({name: values} if name else {}), **BESIDE.get(alert, {})}
    test = {
        "rule_files": [str(ALERTS)],
        "tests": [
            {
                "interval": "1m",
                "input_series": [{"series": k, "values": v} for k, v in series.items()],
                "promql_expr_test": [
                    {
                        "expr": 'count by (alertname) (ALERTS{alertstate="firing"})',
                        "eval_time": "59m",
                        "exp_samples": [{"labels": f'{{alertname="{alert}"}}', "value": 1}],
                    }
                ],
            }
        ],
    }
    file = tmp_path / "test.yml"
    file.write_text(yaml.safe_dump(test))

    done = promtool("test", "rules", str(file))

    assert done.returncode == 0, done.stdout + done.stderr


def expressions() -> list[str]:
    panels = json.loads(DASHBOARD.read_text())["panels"]
    shown = [target["expr"] for panel in panels for target in panel["targets"]]
    return [*shown, *(rule["expr"] for rule in rules())]


def test_the_dashboard_and_the_rules_ask_for_what_there_is(here: PortalHere) -> None:
    here.add(jpeg(1))
    here.post("search/", data={"image": (BytesIO(jpeg(1)), "a.jpg")})
    with here.ingest.budget.room_for(here.ingest.budget.total_bytes):
        here.upload(jpeg(1))
    there = read(here.get("metrics/").text).families.values()
    samples = {sample.name for family in there for sample in family.samples}
    families = {family.name for family in there}

    asked = {name for one in expressions() for name in re.findall(r"\bmediadb_\w+", one)}
    assert len(asked) >= 15
    assert asked <= samples | families


@has_promtool
def test_every_expression_of_the_dashboard_is_one_of_prometheus(tmp_path: Path) -> None:
    shown = [one.replace("$__rate_interval", "5m") for one in expressions()]
    rules = [{"record": f"r{n}", "expr": one} for n, one in enumerate(shown)]
    file = tmp_path / "expressions.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "all", "rules": rules}]}))

    done = promtool("check", "rules", str(file))

    assert done.returncode == 0, done.stderr
