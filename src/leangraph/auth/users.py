"""Sign-ins of users: device code, browser, on behalf of, a refresh token; all but one go on by refresh tokens."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import math
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from leangraph.auth.flow import Flow
from leangraph.auth.grant import Grant, Hidden, Keep, Secret, seconds
from leangraph.auth.msal import LONGEST, Build, MsalClient, checked_scopes, confidential, public
from leangraph.auth.proofs import Proof
from leangraph.auth.refusals import ENDED
from leangraph.auth.store import LOCK_PATIENCE
from leangraph.errors import AuthError, ConfigurationError, TransportError
from leangraph.system.log import log

if TYPE_CHECKING:
    from leangraph.net.session import HttpSession


BROWSER_TIMEOUT = 300  # seconds to wait for somebody to sign in
CODE_LIFE = 900  # seconds in which a device code has to be entered
Answer = tuple[Grant, str | None]  # an access token, and the refresh token that came with it
Exchange = Callable[[str, str | None], Answer]  # gets a refresh token and claims
SignIn = Callable[[str | None], Answer]  # asks the user; gets claims


# -- going on by refresh tokens -------------------------------------------------------------------------------


class KeptSignIn:
    """A sign-in that goes on by refresh tokens: exchanges the one that is kept, and keeps the next one.

    A refresh token that was refused is not sent again; once another one is kept (by ``leangraph login``, say),
    that one is tried. The user is asked once at most: later on only a background thread might be there.

    Args:
        keep: where the refresh token is kept.
        exchange: asks the service for a grant; raises ``AuthError`` if it refuses.
        sign_in: asks the user, if there is one to ask.
    """

    def __init__(self, keep: Keep, exchange: Exchange, sign_in: SignIn | None = None) -> None:
        self._keep = keep
        self._exchange = exchange
        self._sign_in = sign_in
        self._has_succeeded = False
        self._refused: tuple[bytes, AuthError] | None = None  # a fingerprint, and what was answered

    def __call__(self, claims: str | None) -> Grant:
        with self._keep.lock():
            token = self._keep.load()
            grant, following = self._renew(Hidden(token) if token else None, claims)
            if following:
                self._save(following)
            self._has_succeeded = True
            return grant

    def _renew(self, token: Hidden | None, claims: str | None) -> Answer:
        failure = self._known_refusal(token)
        if failure is None:
            assert token is not None
            self._check()
            try:
                return self._exchange(token.get_secret_value(), claims)
            except AuthError as error:
                if error.code not in ENDED:
                    raise
                failure = error
                self._refused = (_fingerprint(token), error)
        if self._sign_in is None or self._has_succeeded:
            raise failure
        return self._sign_in(claims)

    def _known_refusal(self, token: Hidden | None) -> AuthError | None:
        """Return why asking with this token is useless."""
        if token is None:
            place = getattr(self._keep, "place", "")
            where = f" in {place}" if place else ""
            return AuthError(f"there is no refresh token{where}: sign in first", code="invalid_grant")
        if self._refused is not None and self._refused[0] == _fingerprint(token):
            return self._refused[1]
        return None

    def _check(self) -> None:
        """Before a refresh token is used up, make sure that the next one can be kept."""
        check = getattr(self._keep, "check", None)
        if check is not None:
            check()

    def _save(self, token: str) -> None:
        """Keep a refresh token; if that fails the sign-in fails, for the one on disk may have been used up."""
        try:
            self._keep.save(token)
            return
        except (OSError, ConfigurationError) as error:
            problem = f"{type(error).__name__}: {error}"
        raise AuthError(f"the new refresh token could not be kept ({problem}), so its access token is not used")


def _fingerprint(token: Hidden) -> bytes:
    return hashlib.sha256(token.get_secret_value().encode()).digest()


class Memory:
    """A refresh token that lives as long as the process; ``save`` gets each new one as well."""

    def __init__(self, token: str | Secret | None = None, save: Callable[[str], object] | None = None) -> None:
        self._token = Hidden(token) if token else None
        self._save = save

    def load(self) -> str | None:
        return self._token.get_secret_value() if self._token else None

    def save(self, refresh_token: str) -> None:
        self._token = Hidden(refresh_token)
        if self._save is not None:
            self._save(refresh_token)

    def lock(self) -> AbstractContextManager[object]:
        return nullcontext()


class KeepIfPossible:
    """A place for a sign-in where one can be kept, else the memory of this process, told in one warning.

    Whatever the system refuses (a read-only folder, a full disk) costs the next sign-in, not this one.
    """

    def __init__(self, keep: Keep) -> None:
        self._keep = keep
        self._memory = Memory()
        self._is_possible = True
        self.place = getattr(keep, "place", "")

    def load(self) -> str | None:
        with self._tolerant():
            return self._memory.load() or self._keep.load()
        return self._memory.load()

    def check(self) -> None:
        """Find out whether it can be kept, before a refresh token is used up."""
        check = getattr(self._keep, "check", None)
        if check is not None and self._is_possible:
            with self._tolerant():
                check()

    def save(self, refresh_token: str) -> None:
        if self._is_possible:
            with self._tolerant():
                self._keep.save(refresh_token)
                return
        self._memory.save(refresh_token)

    @contextmanager
    def lock(self) -> Iterator[None]:
        with ExitStack() as stack:
            if self._is_possible:
                with self._tolerant():
                    stack.enter_context(self._keep.lock())
            yield

    @contextmanager
    def _tolerant(self) -> Iterator[None]:
        try:
            yield
        except (OSError, ConfigurationError) as error:
            is_first, self._is_possible = self._is_possible, False
            if is_first:
                log.warning("%s; until then, this sign-in ends with the process", error)


# -- through MSAL ---------------------------------------------------------------------------------------------


class _User:
    """A user's sign-in through MSAL.

    Args:
        ask: asks the user: gets the application and claims, returns what MSAL answers.
        others: other ways in, values of ``GRAPH_SIGN_IN``.
    """

    def __init__(
        self,
        build: Build,
        authority: str,
        scopes: Sequence[str],
        http: HttpSession,
        capabilities: Sequence[str],
        ask: Callable[[Any, str | None], Any] | None = None,
        *,
        all_threads: bool = False,
        others: str = "",
    ) -> None:
        self.scopes = checked_scopes(scopes)
        self._hint = f"\n  another way in: GRAPH_SIGN_IN={others}" if others else ""
        self.client = MsalClient(build, authority, http, capabilities)
        self._capabilities = capabilities
        self._ask = ask
        self._all_threads = all_threads

    def exchange(self, token: str, claims: str | None) -> Answer:
        merged = _merged(claims, self._capabilities)
        with self.client.app() as app:
            return self._answer(
                app.acquire_token_by_refresh_token(token, self.scopes, data={"claims": merged} if merged else {})
            )

    def sign_in(self, claims: str | None) -> Answer:
        assert self._ask is not None
        try:
            with self.client.app(all_threads=self._all_threads) as app:
                return self._answer(self._ask(app, claims))
        except AuthError as error:
            failure = error
        failure.args = (f"{failure.args[0]}{self._hint}",)
        raise failure

    def explain(self, error: Exception) -> str:
        """Return what to say of an exception of MSAL's, behind "… failed"."""
        kind = type(error).__name__
        what = f": nobody signed in within {BROWSER_TIMEOUT} s" if "Timeout" in kind else f" ({kind})"
        return f"{what}{self._hint}"

    def _answer(self, result: Any) -> Answer:
        return self.client.grant(result), result.get("refresh_token")

    def flow(self, keep: Keep | None, longest: float) -> Flow:
        """Return the flow that keeps the sign-in."""
        sign_in = self.sign_in if self._ask is not None else None
        kept = KeptSignIn(keep or Memory(), self.exchange, sign_in)
        longest += LOCK_PATIENCE
        return Flow(self.client.name, kept, tuple(self.scopes), longest=longest, explain=self.explain)


def device_code(
    authority: str,
    client_id: str,
    scopes: Sequence[str],
    http: HttpSession,
    *,
    show: Callable[[str], object] | None = None,
    keep: Keep | None = None,
    capabilities: Sequence[str] = (),
    sleep: Callable[[float], object] = time.sleep,
) -> Flow:
    """Sign in a user on any other device: ``show`` gets the sentence with the address and the code.

    What is kept from an earlier sign-in is used first. The user is asked once at most: when that sign-in
    has ended, the flow says so, and asks nobody from a background thread.
    """
    wanted = checked_scopes(scopes)
    tell = show or _to_stderr

    def ask(app: Any, claims: str | None) -> Any:
        begun = app.initiate_device_flow(wanted, claims_challenge=claims)
        if "device_code" not in begun:
            return begun
        tell(_code_sentence(begun))
        begun["interval"] = math.ceil(seconds(begun.get("interval")) or 0)  # MSAL counts with it
        pause: float = begun["interval"]
        while True:
            try:
                return app.acquire_token_by_device_flow(begun, claims_challenge=claims)
            except (AuthError, TransportError) as error:  # a moment's failure does not void the code
                if not error.transient or time.time() >= begun["expires_at"]:
                    raise
                pause = max(pause, getattr(error, "retry_after", None) or 0.0)
            sleep(pause)

    user = _User(
        public(client_id), authority, wanted, http, capabilities, ask, others="browser, broker or azure-cli"
    )
    return user.flow(keep, LONGEST + CODE_LIFE)


def _code_sentence(begun: dict[str, Any]) -> str:
    """Return what the user has to do: the service's own sentence, if it has both the address and the code."""
    code, address = str(begun.get("user_code", "")), str(begun.get("verification_uri", ""))
    said = str(begun.get("message") or "")
    if code in said and address in said and said:
        return said
    return f"To sign in, open {address} in a browser on any device and enter the code {code}"


def browser(
    authority: str,
    client_id: str,
    scopes: Sequence[str],
    http: HttpSession,
    *,
    port: int | None = None,
    login_hint: str | None = None,
    broker: bool = False,
    show: Callable[[str], object] | None = None,
    keep: Keep | None = None,
    capabilities: Sequence[str] = (),
) -> Flow:
    """Sign in a user in the browser of this machine: authorization code with PKCE, back to ``http://localhost``.

    Args:
        broker: let the operating system sign the user in, as policies about devices demand; where it cannot, the
            browser does.
        show: gets the address to open, where this machine has no browser that can be started, and whether the
            broker is missing; standard error by default.
    """
    wanted = checked_scopes(scopes)
    has_broker = broker and importlib.util.find_spec("pymsalruntime") is not None
    ask = _Interactive(wanted, port, login_hint, show or _to_stderr, broker, has_broker)
    build = public(client_id, **_broker_switches() if has_broker else {})
    others = "device or azure-cli" if broker else "device, broker or azure-cli"
    user = _User(build, authority, wanted, http, capabilities, ask, all_threads=True, others=others)
    longest = LONGEST + BROWSER_TIMEOUT
    if not has_broker:
        return user.flow(keep, longest)

    def acquire(claims: str | None) -> Grant:  # the broker keeps the refresh token to itself
        return user.sign_in(claims)[0]

    return Flow(user.client.name, acquire, tuple(wanted), longest=longest, explain=user.explain)


class _Interactive:
    """Asks the user in the browser; or through the broker, which later on answers without asking anybody."""

    def __init__(
        self,
        scopes: Sequence[str],
        port: int | None,
        login_hint: str | None,
        tell: Callable[[str], object],
        broker: bool,
        has_broker: bool,
    ) -> None:
        self._scopes = scopes
        self._port = port
        self._login_hint = login_hint
        self._tell = tell
        self._lacks_broker = broker and not has_broker
        self._has_broker = has_broker
        self._is_known = False

    def __call__(self, app: Any, claims: str | None) -> Any:
        if self._lacks_broker:
            self._tell(_NO_BROKER)
        more: dict[str, Any] = {"parent_window_handle": app.CONSOLE_WINDOW_HANDLE} if self._has_broker else {}
        if self._has_broker and self._is_known:  # perhaps from a background thread
            more["prompt"] = "none"
        result = app.acquire_token_interactive(
            self._scopes,
            timeout=BROWSER_TIMEOUT,
            port=self._port,
            login_hint=self._login_hint,
            claims_challenge=claims,
            auth_uri_callback=self._show,
            **more,
        )
        if "access_token" in result:
            self._is_known = True
            user = (result.get("id_token_claims") or {}).get("preferred_username")
            self._login_hint = str(user) if user else self._login_hint
        return result

    def _show(self, address: str) -> None:
        self._tell(f"To sign in, open this address in a browser of this machine:\n{address}")


_NO_BROKER = (
    "the operating system's broker is not there: pip install leangraph[broker] (Windows, macOS, and Linux with "
    "the Microsoft identity broker). The browser signs you in instead"
)


def on_behalf_of(
    authority: str,
    client_id: str,
    proof: Proof,
    user_token: str | Callable[[], str],
    scopes: Sequence[str],
    http: HttpSession,
    *,
    capabilities: Sequence[str] = (),
    close: Callable[[], object] | None = None,
) -> Flow:
    """Sign in as the user who called an API of yours, with the token that came with the call."""
    source = user_token if callable(user_token) else Hidden(user_token).get_secret_value
    del user_token

    def ask(app: Any, claims: str | None) -> Any:
        return app.acquire_token_on_behalf_of(source(), user.scopes, claims_challenge=claims)

    user = _User(confidential(client_id, proof), authority, scopes, http, capabilities, ask)
    kept = KeptSignIn(Memory(), user.exchange, user.sign_in)
    return Flow(user.client.name, kept, tuple(user.scopes), longest=LONGEST, close=close)


def refresh_token(
    authority: str,
    client_id: str,
    scopes: Sequence[str],
    http: HttpSession,
    keep: Keep,
    *,
    proof: Proof | None = None,
    capabilities: Sequence[str] = (),
) -> Flow:
    """Sign in with a refresh token you bring; each new one is kept before its access token is handed out."""
    build = confidential(client_id, proof) if proof else public(client_id)
    return _User(build, authority, scopes, http, capabilities).flow(keep, LONGEST)


def _broker_switches() -> dict[str, bool]:
    name = {"win32": "windows", "darwin": "mac"}.get(sys.platform, "linux")
    return {f"enable_broker_on_{name}": True}


def _to_stderr(text: str) -> None:
    if sys.stderr is None:  # as under pythonw
        raise ConfigurationError("there is no standard error to show the user how to sign in: pass show=")
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _merged(challenge: str | None, capabilities: Sequence[str]) -> str | None:
    """Return challenge and capabilities as one: MSAL does so in every call but the one by refresh token."""
    if not capabilities:
        return challenge
    merged = json.loads(challenge) if challenge else {}
    merged.setdefault("access_token", {})["xms_cc"] = {"values": list(capabilities)}
    return json.dumps(merged)
