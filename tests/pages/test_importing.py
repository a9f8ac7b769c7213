"""Many pictures come in through a page: without JavaScript, and by what its script sends."""

import csv
import io
import re
import zipfile
from collections.abc import Mapping

import pytest
import requests

from ..fixtures import Tenant
from ..hosts import plain_only
from ..images import jpeg
from ..waiting import eventually
from .browser import Browser, text_of

pytestmark = plain_only  # udata signs in on pages of its own


def sent(
    browser: Browser, library: str, data: Mapping[str, object] | None = None, files: object = None
) -> requests.Response:
    path = f"/mediadb/{library}/import"
    return browser.send(path, path, data=data or {}, files=files)


def ended(browser: Browser, begun: requests.Response) -> str:
    """The address of an import that has ended."""
    assert begun.status_code == 303, text_of(begun)
    path = begun.headers["Location"]
    eventually(lambda: 'data-job="' not in browser.get(path).text)
    return path


def pictures(tenant: Tenant) -> dict[str, list[str]]:
    found = tenant.client.get("media/", params={"application": tenant.application}).json()["data"]
    return {one["filename"]: one["keywords"] for one in found}


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_files_are_checked_then_imported_and_told_one_by_one(
    browser: Browser, private: Tenant
) -> None:
    browser.sign_in(private.user.email)
    before = pictures(private)
    files = [
        ("file", ("Bridges/old.jpg", jpeg(91))),
        ("file", ("=cmd.txt", b"no picture")),
        ("file", ("", b"")),
    ]
    options = {"keywords": "by hand", "keywords_from_folders": "true", "on_duplicate": "skip"}
    path = ended(browser, sent(browser, private.application, data=options, files=files))
    checked = text_of(browser.get(path))
    unchanged = pictures(private)
    done = ended(browser, browser.send(path, path, data={**options, "do": "import"}))
    shown = browser.get(done)
    form = f"/mediadb/{private.application}/import"
    again = browser.send(form, path, data={**options, "do": "import"})
    rows = list(csv.reader(io.StringIO(browser.get(f"{done}/report.csv").text)))

    twice = ended(browser, sent(browser, private.application, data=options, files=files[:1]))
    there = text_of(browser.get(twice))

    assert "Bridges/old.jpg there already" in there
    assert "it is there" not in there
    assert "Nothing has been changed yet" in checked
    assert unchanged == before
    assert pictures(private)["old.jpg"] == ["Bridges", "by hand"]
    assert "Imported: pictures.zip" in text_of(shown)
    assert "not possible" in text_of(browser.get(done, params={"outcome": "failed"}))
    assert again.headers["Location"] == done, "a second click imports nothing again"
    assert [row[:2] for row in rows[1:]] == [["Bridges/old.jpg", "new"], ["'=cmd.txt", rows[2][1]]]


def test_what_the_script_sends_in_pieces_is_one_import(browser: Browser, private: Tenant) -> None:
    browser.sign_in(private.user.email)
    data = zipped({"a/b.jpg": jpeg(92)})
    page = f"/mediadb/{private.application}/import"
    base = f"/mediadb/{private.application}/uploads"
    begun = browser.send(page, base, data={"length": len(data), "name": "Folder"}).json()
    url = f"{base}/{begun['id']}"
    half = len(data) // 2
    for offset, piece in ((0, data[:half]), (half, data[half:])):
        put = browser.send(page, url, data={"offset": offset}, files={"piece": ("p", piece)})
        assert put.json()["offset"] == offset + len(piece)
        if not offset:
            late = browser.send(page, url, data={"offset": 0}, files={"piece": ("p", piece)})
            assert late.status_code == 409
            assert browser.get(url).json()["offset"] == half
    path = ended(browser, sent(browser, private.application, data={"upload": begun["id"]}))

    assert "Checked: Folder" in text_of(browser.get(path))
    assert "a/b.jpg" in text_of(browser.get(path))


def test_a_table_names_what_is_fetched_and_what_is_wrong_with_it(
    browser: Browser, private: Tenant
) -> None:
    browser.sign_in(private.user.email)
    table = b"url,name\nhttp://169.254.169.254/a.jpg,A\n"
    begun = sent(browser, private.application, files={"file": ("list.csv", table)})
    told = text_of(browser.get(ended(browser, begun)))
    broken = sent(browser, private.application, files={"file": ("b.zip", b"PK\3\4 no archive")})
    failed = browser.get(ended(browser, broken), headers={"Accept-Language": "de"})

    assert "row 1" in told
    assert "not possible" in told
    assert "das ist kein ZIP, das gelesen werden kann" in text_of(failed)


def test_what_is_hidden_comes_in_on_wish_and_a_table_has_nothing_hidden(
    browser: Browser, private: Tenant
) -> None:
    browser.sign_in(private.user.email)
    box = 'name="hidden"'
    page = browser.get(f"/mediadb/{private.application}/import").text
    packed = {"file": ("p.zip", zipped({"a.jpg": jpeg(93), ".b.jpg": jpeg(94)}))}
    table = {"file": ("list.csv", b"url,name\nhttp://169.254.169.254/a.jpg,A\n")}
    usual = {"keywords_from_folders": "true"}  # the box that the form comes with

    without = browser.get(ended(browser, sent(browser, private.application, files=packed))).text
    asked = sent(browser, private.application, data={"hidden": "true"}, files=packed)
    checked = browser.get(ended(browser, asked)).text
    listed = browser.get(ended(browser, sent(browser, private.application, usual, table))).text
    refused = sent(browser, private.application, {"hidden": "true"}, table)

    assert [box in one for one in (page, without, checked, listed)] == [True, True, True, False]
    assert "begins with a dot" in without
    assert 'name="hidden" value="true" checked' in checked
    assert 'name="keywords_from_folders"' not in listed
    assert refused.status_code == 400
    assert "goes with a ZIP" in text_of(refused)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Choose pictures, a ZIP or a table"),
        ({"url": "http://169.254.169.254/x.zip"}, "address"),
        ({"upload": "nothing"}, "There is no upload"),
        ({"url": "https://example.org/a", "upload": "x"}, "one of them"),
    ],
)
def test_what_cannot_be_imported_is_said(
    browser: Browser, private: Tenant, fields: dict[str, str], words: str
) -> None:
    browser.sign_in(private.user.email)
    answer = sent(browser, private.application, data=fields)

    assert 400 <= answer.status_code < 500
    assert words in text_of(answer)


def test_an_import_is_paused_goes_on_and_is_stopped(browser: Browser, private: Tenant) -> None:
    browser.sign_in(private.user.email)
    files = [("file", (f"{n}.jpg", jpeg(200 + n, 300, 200))) for n in range(40)]
    path = sent(browser, private.application, files=files).headers["Location"]
    states = []
    for do in ("pause", "resume", "cancel", "cancel"):
        form = f"/mediadb/{private.application}/import"
        states.append(browser.send(form, path, data={"do": do}).status_code)
        if do == "pause":
            paused = text_of(browser.get(path))

    assert states == [303, 303, 303, 409]
    assert "Paused: pictures.zip" in paused
    assert "Stopped: pictures.zip" in text_of(browser.get(path))


def test_imports_of_others_do_not_exist(
    browser: Browser, private: Tenant, public: Tenant, stranger: Tenant
) -> None:
    browser.sign_in(private.user.email)
    form = {"application": stranger.application}
    theirs = stranger.client.post(
        "imports/", data=form, files={"file": ("a.zip", zipped({"a.jpg": jpeg(93)}))}
    ).json()["id"]
    page = f"/mediadb/{private.application}/import"
    for path in (f"{page}s/{theirs}", f"{page}s/{theirs}/report.csv", f"{page}s/x"):
        assert browser.get(path).status_code == 404
    upload = stranger.client.post(
        "uploads/", params=form, headers={"Upload-Length": "9"}
    ).headers["Location"].rstrip("/").rpartition("/")[2]  # fmt: skip
    url = f"/mediadb/{private.application}/uploads/{upload}"
    assert browser.get(url).status_code == 404
    assert browser.get(f"/mediadb/{public.application}/import").status_code == 403
    bare = browser.http.post(browser.base + page, files={"file": ("a.jpg", jpeg(1))}, timeout=300)
    assert bare.status_code == 403
    menu = re.findall(r'href="([^"]+/import)"', browser.get(page).text)
    assert f"/mediadb/{private.application}/import" in menu
    assert "/import" not in Browser.get(browser, f"/mediadb/{public.application}/").text
