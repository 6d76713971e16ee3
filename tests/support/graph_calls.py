"""What the tests of the sandbox share: requests with a token, and answers taken apart."""

from typing import Any

import msal
import requests

from leangraph.sandbox import Sandbox

EVENTUAL = {"ConsistencyLevel": "eventual"}
SCOPE = ["https://graph.microsoft.com/.default"]


class Graph:
    """Just enough of a client: a path below v1.0 in, a response out."""

    def __init__(self, sandbox: Sandbox, web: requests.Session, token: str) -> None:
        self.sandbox = sandbox
        self.web = web
        self.token = token

    def renew(self) -> None:
        """Take another token: a reset has forgotten those of before."""
        self.token = token_call(self.sandbox, self.web).json()["access_token"]

    def __call__(self, method: str, path: str, headers: Any = (), **more: Any) -> requests.Response:
        url = path if path.startswith("https:") else f"{self.sandbox.url}/v1.0{path}"
        sent = {"Authorization": f"Bearer {self.token}", **dict(headers)}
        return self.web.request(method, url, headers=sent, **more)

    def get(self, path: str, headers: Any = (), **query: str) -> requests.Response:
        return self("GET", path, headers, params={f"${name}": value for name, value in query.items()})


def app(sandbox: Sandbox, web: requests.Session, **changes: Any) -> msal.ConfidentialClientApplication:
    tenant = changes.pop("tenant", sandbox.tenant_id)
    made = {"client_id": sandbox.client_id, "client_credential": sandbox.client_secret, **changes}
    return msal.ConfidentialClientApplication(
        authority=f"{sandbox.url}/{tenant}",
        http_client=web,
        **{"instance_discovery": False, **made},
    )


def token_call(sandbox: Sandbox, web: requests.Session, tenant: str = "", **changes: Any) -> requests.Response:
    form = {
        "grant_type": "client_credentials",
        "client_id": sandbox.client_id,
        "client_secret": sandbox.client_secret,
        "scope": SCOPE[0],
        **changes,
    }
    return web.post(
        f"{sandbox.url}/{tenant or sandbox.tenant_id}/oauth2/v2.0/token",
        data={name: value for name, value in form.items() if value is not None},
    )


def signed_in(
    sandbox: Sandbox, web: requests.Session, *scopes: str
) -> tuple[msal.PublicClientApplication, dict[str, Any]]:
    """Return a client, and the tokens that the tenant's user has signed in for."""
    sandbox.device_code_interval = 0
    own = sandbox.add_app("cli", public=True, scopes=scopes)
    client = msal.PublicClientApplication(
        own.client_id,
        authority=f"{sandbox.url}/{sandbox.tenant_id}",
        http_client=web,
        instance_discovery=False,
    )
    return client, client.acquire_token_by_device_flow(client.initiate_device_flow(list(scopes)))


def error(response: requests.Response) -> tuple[int, str, str]:
    found = response.json()["error"]
    return response.status_code, found["code"], found["message"]


def names(response: requests.Response) -> list[str]:
    assert response.status_code == 200, response.text
    return [user["displayName"] for user in response.json()["value"]]
