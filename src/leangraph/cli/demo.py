"""The main job on a tenant of this machine: token through MSAL, every page, one 429 survived."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from leangraph.cli import output
from leangraph.client import GraphClient
from leangraph.rows.write import Layout
from leangraph.sandbox import Sandbox
from leangraph.settings import Settings

USERS, PAGE = 25, 15
COLUMNS = ("displayName", "jobTitle", "userPrincipalName")


def tell(say: Callable[[str], object], sleep: Callable[[float], object] = time.sleep) -> None:
    """Run the demonstration; ``say`` prints a line."""

    def nap(seconds: float) -> None:
        say(f"  429 Too Many Requests: waiting {seconds:.1f} s, as the tenant asked, then once more")
        sleep(seconds)

    with (
        Sandbox(users=USERS) as tenant,
        GraphClient(settings=Settings.from_mapping(tenant.env), sleep=nap) as graph,
    ):
        say(f"A Graph tenant with {USERS} users runs on this machine: {tenant.url} (nothing leaves it)")
        holder = graph.token_holder
        _ = holder.token
        say(f"Token: asked for once, through MSAL, good for {holder.expires_in / 60:.0f} minutes\n")
        tenant.fail("GET", "/users", status=429, retry_after=1, after=1)

        def users() -> Iterator[Any]:
            pages = graph.users.list(select=COLUMNS, top=PAGE).pages()
            for number, page in enumerate(pages, start=1):
                more = "and a link to the next" if "@odata.nextLink" in page else "the last"
                say(f"  page {number}: {len(page['value'])} users, {more}")
                yield from page["value"]

        rows = list(users())
        say("")
        for line in output.table(rows, 100, Layout(COLUMNS)):
            say(line)
        say(f"\n{len(rows)} users. On your own tenant: set AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET,")
        say(f"then: leangraph list /users --select {','.join(COLUMNS)}")
