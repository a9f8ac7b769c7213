"""The plugin as udata finds it: installed is mounted."""

from flask import Flask


def test_installed_beside_udata_is_mounted(app: Flask) -> None:
    client = app.test_client(use_cookies=False)

    assert app.extensions["mediadb"].host.name == "udata"
    assert client.get("/api/1/mediadb/media/").json["data"] == []
    assert client.get("/api/1/reuses/").json["data"] == []
