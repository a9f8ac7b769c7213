"""P12: signing in on a portal with accounts of ours; elsewhere the portal's own page does it."""

from urllib.parse import urlsplit

from flask import Response, redirect, request, session, url_for

from ...authentication.address import caller_address
from ...authentication.limits import current_rates
from ...authentication.sessions import PAGES, Lifetimes, open_session, revoke
from ...authentication.slowdown import attempt_login
from ...errors import NotFound, Unauthenticated
from ...hosts.current import current_host
from .csrf import forget_forms, require_own_form
from .rendering import page
from .visitor import SESSION

LIFETIME_S = 12 * 3600  # a working day


def sign_in() -> str | Response:
    """The form, or on to the portal's own."""
    after = _own_path(request.args.get("next"))
    elsewhere = current_host().sign_in_url(after)
    if elsewhere is not None:
        return redirect(elsewhere)  # type: ignore[return-value]
    return page("sign_in.html", next=after, wrong=False, login="")


def enter() -> Response | tuple[str, int]:
    """Look at name and password; guesses are slowed down as for tokens."""
    _require_own_accounts()
    require_own_form()
    current_rates().check("login", [f"address {caller_address()}"])
    host, login = current_host(), request.form.get("login", "")
    password, after = request.form.get("password", ""), _own_path(request.form.get("next"))
    try:
        user = attempt_login(login, lambda: host.check_password(login, password))
    except Unauthenticated:
        user = None
    if user is None:
        return page("sign_in.html", next=after, wrong=True, login=login), 401
    forget_forms()  # a token of before the login is worth nothing after it
    session[SESSION] = open_session(user, PAGES, Lifetimes(LIFETIME_S, LIFETIME_S)).id
    return redirect(after, 303)  # type: ignore[return-value]


def leave() -> str:
    """The page with the button that signs out."""
    return page("sign_out.html", portal=current_host().sign_out_url())


def sign_out() -> Response:
    """End the session here and in the database."""
    require_own_form()
    if SESSION in session:
        revoke(session.pop(SESSION))
    forget_forms()
    return redirect(url_for(".home"), 303)  # type: ignore[return-value]


def _require_own_accounts() -> None:
    if current_host().sign_in_url("/") is not None:
        raise NotFound("Sign in on the portal itself.")


def _own_path(text: str | None) -> str:
    """A path of this site; the first page for anything else, which a link may have smuggled in."""
    parts = urlsplit(text or "")
    is_ours = bool(text) and not parts.scheme and not parts.netloc and parts.path.startswith("/")
    plain = str(text).replace("\\", "/")
    return str(text) if is_ours and not plain.startswith("//") else url_for(".home")
