"""How to run several machines: what systemd and nftables say of the lines of the page."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from .production import files_of_the_page

PAGE = "how-to/several-machines.md"
UNIT = "/etc/systemd/system/mediadb-ray.service"
RULES = "/etc/nftables.conf"
NFT = shutil.which("nft", path=f"{os.environ['PATH']}{os.pathsep}/usr/sbin")
# A network of its own, in which whoever runs this is root.
APART = ("unshare", "--net", *(() if os.geteuid() == 0 else ("--map-root-user",)))


def units() -> dict[str, str]:
    """That of the head, and that of the others: with the lines that stand there for them."""
    head = files_of_the_page(PAGE)[UNIT]
    line = re.compile(r"^ExecStart=.*?[^\\]\n", re.DOTALL | re.MULTILINE)
    assert len(line.findall(head)) == 1
    other = re.sub(r"^# (ExecStart=| {4})", r"\1", line.sub("", head), flags=re.MULTILINE)
    return {"head": head, "other": other}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
@pytest.mark.parametrize("which", ["head", "other"])
def test_systemd_takes_the_unit(tmp_path: Path, which: str) -> None:
    text = units()[which]
    assert ("--head" in text.partition("ExecStart=")[2].partition("\n#")[0]) == (which == "head")
    path = tmp_path / Path(UNIT).name
    # systemd looks whether the program is there
    path.write_text(re.sub(r"=/opt/mediadb/bin/\S+", f"={shutil.which('true')}", text))

    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )

    said = [line for line in done.stderr.splitlines() if "mediadb" in line]
    assert (done.returncode, said) == (0, []), done.stderr


@pytest.mark.skipif(NFT is None, reason="no nftables here")
def test_nftables_takes_the_firewall(tmp_path: Path) -> None:
    """Checked, then loaded twice, as by a reload, into a network that nobody else has."""
    if subprocess.run([*APART, str(NFT), "list", "ruleset"], check=False).returncode:
        pytest.skip("there can be no network apart here")
    path = tmp_path / "nftables.conf"
    path.write_text(files_of_the_page(PAGE)[RULES])
    nft = f"{NFT} -c -f {path} && {NFT} -f {path} && {NFT} -f {path} && {NFT} list ruleset"

    done = subprocess.run([*APART, "sh", "-c", nft], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert done.stdout.count("policy drop") == 1
    for line in ("10.0.0.3 }", "tcp dport 8000 accept", "tcp dport 22 accept"):
        assert done.stdout.count(line) == 1, done.stdout
