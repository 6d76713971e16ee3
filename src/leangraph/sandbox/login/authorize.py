"""The page where users sign in, and the way back from it with an authorization code.

Nobody sees the page: the sandbox signs in and agrees at once, or declines where a test wants it.
Sources: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow; RFC 7636 (PKCE),
RFC 8252 (loopback addresses).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from html import escape
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from ..wire.server import Reply, Request
from . import forms, scopes
from .aadsts import AADSTS
from .client_proofs import Ask
from .flows import CODE_LIFE, client_info, signed_in
from .ledger import Ledger
from .registry import App, Consent, Tenant
from .sign_ins import Code

LOOPBACK = ("localhost", "127.0.0.1", "::1")


def authorize(ledger: Ledger, request: Request, tenant: str) -> Reply:
    """Sign the user in at once and send the browser back; an address nobody registered gets nothing."""
    if request.method not in {"GET", "POST"}:
        raise AADSTS(900561, accepted="GET, POST", method=request.method)
    correlation = request.headers.get("client-request-id") or str(uuid4())
    query = forms.fields(request.query) if request.method == "GET" else forms.read(request)
    ask = Ask(tenant, request.origin, query)
    try:
        app, home, consent = ledger.registry.app_in(ask.needed("client_id"), tenant)
        redirect_uri = _redirect_uri(app, query.get("redirect_uri"))
        send = _sender(query.get("response_mode") or "query")
    except AADSTS as refused:
        return page(refused.status, str(refused))
    try:
        with ledger.flow_lock:
            answer = _approved(ledger, ask, app, home, consent, redirect_uri)
    except AADSTS as refused:
        body = refused.body(correlation, ledger.now())
        answer = {name: body[name] for name in ("error", "error_description", "error_uri")}
        if refused.error == "invalid_grant":  # that is for tokens: here the user has to do something
            answer["error"] = "interaction_required"
    if "state" in query:
        answer["state"] = query["state"]
    return send(redirect_uri, answer)


def _approved(
    ledger: Ledger, ask: Ask, app: App, tenant: Tenant, consent: Consent, redirect_uri: str
) -> dict[str, str]:
    kind = ask.needed("response_type")
    if kind != "code":
        raise AADSTS(700054, kind=kind)  # a new app has the implicit and the hybrid flow switched off
    challenge, method = ask.form.get("code_challenge"), ask.form.get("code_challenge_method", "plain")
    if method not in {"plain", "S256"}:
        raise AADSTS(50149)
    if challenge is None and "code_challenge_method" in ask.form:
        raise AADSTS(50147)
    if challenge is not None and not re.fullmatch(r"[A-Za-z0-9._~-]{43,128}", challenge):
        raise AADSTS(50147)
    scope = ask.needed("scope")
    asked = scopes.delegated(scope, ledger.registry, ask.origin)
    if ledger.sign_ins.authorize == "decline":
        raise AADSTS(65004)
    for resource in {wanted.resource for wanted in asked.wanted}:  # each may be redeemed on its own
        part = asked._replace(wanted=tuple(each for each in asked.wanted if each.resource == resource))
        scopes.grant(part, app, consent, ledger.registry, ask.origin)
    sign_in = signed_in(ledger, app, tenant, consent, scope, ask.form.get("login_hint"))
    code = f"1.{secrets.token_urlsafe(48)}"
    ledger.sign_ins.codes[code] = Code(
        sign_in, redirect_uri, challenge, method, ask.form.get("nonce"), ledger.clock() + CODE_LIFE
    )
    answer = {"code": code, "session_state": str(uuid4())}
    if ask.form.get("client_info") == "1":
        answer["client_info"] = client_info(sign_in)
    return answer


def _redirect_uri(app: App, asked: str | None) -> str:
    """Return where to send the browser: the only registered address, or the one asked if registered."""
    if asked is None:
        if len(app.redirect_uris) != 1:
            raise AADSTS(900971)
        return app.redirect_uris[0]
    if not any(_same_place(asked, registered) for registered in app.redirect_uris):
        raise AADSTS(50011, uri=asked, app=app.client_id)
    return asked


def _same_place(asked: str, registered: str) -> bool:
    """Return whether two addresses are equal, but for the port of a loopback one (RFC 8252 §7.3)."""
    if asked == registered:
        return True
    if not re.fullmatch(r"[!-~]+", asked):  # urlsplit would drop a line break, a header would not
        return False
    try:
        ours, theirs = urlsplit(registered), urlsplit(asked)
        _ = theirs.port
    except ValueError:
        return False
    return (
        ours.scheme == theirs.scheme == "http"
        and ours.hostname in LOOPBACK
        and ours.hostname == theirs.hostname
        and theirs.username is None
        and (ours.path or "/", ours.query, ours.fragment) == (theirs.path or "/", theirs.query, theirs.fragment)
    )


def _by_query(uri: str, answer: dict[str, str]) -> Reply:
    return _redirect(f"{uri}{'&' if '?' in uri else '?'}{urlencode(answer)}")


def _by_fragment(uri: str, answer: dict[str, str]) -> Reply:
    return _redirect(f"{uri}#{urlencode(answer)}")


def _by_form(uri: str, answer: dict[str, str]) -> Reply:
    inputs = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}"/>' for name, value in answer.items()
    )
    return _html(
        200,
        f'<form method="POST" name="hiddenform" action="{escape(uri)}">{inputs}'
        '<noscript><input type="submit" value="Submit"/></noscript></form>'
        "<script>window.setTimeout(function() {document.forms[0].submit();}, 0);</script>",
    )


SENT_BY: dict[str, Callable[[str, dict[str, str]], Reply]] = {
    "query": _by_query,
    "fragment": _by_fragment,
    "form_post": _by_form,
}


def _sender(mode: str) -> Callable[[str, dict[str, str]], Reply]:
    if mode not in SENT_BY:
        raise AADSTS(70007, mode=mode)
    return SENT_BY[mode]


def _redirect(location: str) -> Reply:
    return Reply(302, b"", {"Location": location})


def page(status: int, text: str) -> Reply:
    """Return a page for a person's eyes."""
    return _html(status, f"<h1>Sign in to the sandbox</h1><p>{escape(text)}</p>")


def _html(status: int, body: str) -> Reply:
    text = f"<html><head><title>Sign in</title></head><body>{body}</body></html>"
    return Reply(status, text.encode(), {"Content-Type": "text/html; charset=utf-8"})
