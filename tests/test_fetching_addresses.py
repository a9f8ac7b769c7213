"""Only public addresses are contacted, in whatever spelling or by whatever name they come.

Servers are real and on loopback, which `allow` permits. Where a resolver's answer has to be made
up, it is passed as the argument `resolve`.
"""

import ipaddress
import socket

import pytest

from tests.fetch_answers import (
    NAME,
    OK,
    answering,
    get,
    resolving_to,
)
from tests.scripted_server import serve
from udata_mediadb.errors import FetchRefused
from udata_mediadb.fetching.addresses import is_public

PRIVATE_LITERALS = [
    "127.0.0.1",
    "127.8.9.1",
    "127.0.0.1.",
    "0.0.0.0",
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",  # IPv4-mapped
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",  # IPv4-compatible, deprecated
    "[64:ff9b::7f00:1]",  # NAT64
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",  # 6to4
    "[2001:0:7f00:1::]",  # Teredo
    "[fe80::1]",
    "[fe80::1%25lo]",
    "[fc00::1]",
    "[fd12:3456::1]",
    "[fec0::1]",
    "[ff02::1]",
    "[100::1]",
    "[2001:db8::1]",
    "[3fff::1]",
    "2130706433",  # decimal
    "0x7f000001",  # hexadecimal
    "0x7f.0.0.1",
    "017700000001",  # octal
    "0177.0.0.1",
    "127.1",  # short
    "127.0.1",
    "0",
    "127.0.0.1.nip.0x7f",
    "１２７.0.0.1",  # full-width digits
    "127。0。0。1",  # ideographic full stops
    "①②⑦.0.0.1",
    "169.254.169.254",  # cloud metadata
    "2852039166",
    "[fd00:ec2::254]",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",  # carrier-grade NAT
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.7",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "localhost",  # resolved for real
    "LOCALHOST",
    "localhost.",
]


@pytest.mark.parametrize("host", PRIVATE_LITERALS)
def test_a_private_address_is_refused_in_every_spelling_and_never_contacted(host):
    with serve(answering(OK)) as server, pytest.raises(FetchRefused) as refused:
        get(f"http://{host}:{server.port}/", allow=())
    assert server.connections == 0
    assert "127." not in refused.value.message


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_public_addresses_are_public(address):
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.1"],
        ["10.1.2.3"],
        ["::1"],
        ["::ffff:10.0.0.1"],
        ["fe80::1%eth0"],
        ["64:ff9b::a00:1"],
        ["2002:a00:1::"],
        ["8.8.8.8", "10.0.0.1"],  # one bad answer spoils all
        ["2606:4700::1111", "169.254.169.254"],
        [],
    ],
)
def test_a_name_with_any_private_answer_is_refused_without_naming_it(answers):
    resolve = resolving_to(*answers)
    with pytest.raises(FetchRefused) as refused:
        get(f"http://{NAME}/", allow=(), resolve=resolve)
    assert refused.value.message == "The URL's host has no public address."


def test_a_name_that_does_not_exist_is_refused_in_the_same_words():
    def resolve(*_):
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    with pytest.raises(FetchRefused, match="has no public address"):
        get(f"http://{NAME}/", resolve=resolve)


def test_a_name_is_looked_up_once_and_that_address_is_connected_to():
    resolve = resolving_to("127.0.0.1")
    with serve(answering(OK)) as server:
        assert get(f"http://{NAME}:{server.port}/", resolve=resolve).data == b"picture"
    assert resolve.calls == 1
    assert f"Host: {NAME}:{server.port}\r\n".encode() in server.requests[0]


@pytest.mark.parametrize("allow", [[NAME], [NAME.upper() + "."], ["127.0.0.1"], ["127.0.0.1/8"]])
def test_allow_takes_names_addresses_and_networks(allow):
    with serve(answering(OK)) as server:
        url = f"http://{NAME}.:{server.port}/"
        assert get(url, allow=allow, resolve=resolving_to("127.0.0.1")).data == b"picture"


def test_allow_for_one_name_is_not_for_another():
    with serve(answering(OK)) as server, pytest.raises(FetchRefused):
        url = f"http://not-{NAME}:{server.port}/"
        get(url, allow=[NAME], resolve=resolving_to("127.0.0.1"))
    assert server.connections == 0


def test_a_dead_address_leaves_time_for_the_next():
    resolve = resolving_to("127.0.0.2", "127.0.0.1")
    with serve(answering(OK)) as server:
        assert get(f"http://{NAME}:{server.port}/", resolve=resolve).data == b"picture"


def test_ipv6_is_fetched_where_allowed():
    try:
        server = serve(answering(OK), address="::1")
        with server as listening:
            assert get(f"http://[::1]:{listening.port}/", allow=["::1"]).data == b"picture"
    except OSError as exc:
        pytest.skip(f"no IPv6 loopback here: {exc}")
    assert f"Host: [::1]:{listening.port}".encode() in listening.requests[0]
