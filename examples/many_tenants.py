"""Ask the same question of many tenants at once: how many users, how many guests?

One app registration that all tenants have consented to; client ID and secret come from the environment.

    python many_tenants.py contoso.com fabrikam.com …

Permission: User.Read.All (application), consented in each tenant.
"""

from __future__ import annotations

import sys

from leangraph import GraphClient, Settings, fan_out


def in_tenant(tenant: str) -> Settings:
    """Everything else comes from the environment of the worker."""
    return Settings(tenant_id=tenant)


def people(graph: GraphClient, tenant: str) -> tuple[int, int]:
    """Return the number of users and of guests."""
    return graph.users.count(), graph.users.count(filter="userType eq 'Guest'")


def main() -> int:
    failed = 0
    for result in fan_out(people, sys.argv[1:], settings=in_tenant):
        if result.ok:
            print(f"{result.item}: {result.value[0]} users, {result.value[1]} guests")
        else:
            failed += 1  # a tenant that refuses is an error among the results; the others go on
            print(f"{result.item}: {result.error}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
