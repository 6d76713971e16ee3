"""Mail a table of all licences: bought, used, free.

    python licence_report.py reports@contoso.com it@contoso.com

Permissions: LicenseAssignment.Read.All and Mail.Send (application). The first address is the mailbox that sends.
"""

from __future__ import annotations

import sys
from email.message import EmailMessage
from typing import Any

from leangraph import Error, GraphClient


def licences(graph: GraphClient) -> list[tuple[str, int, int]]:
    """Return one row per product: its name, how many were bought, how many are used."""
    skus: list[dict[str, Any]] = graph.get("/subscribedSkus")["value"]
    return sorted((sku["skuPartNumber"], sku["prepaidUnits"]["enabled"], sku["consumedUnits"]) for sku in skus)


def report(rows: list[tuple[str, int, int]]) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = f"Licences: {sum(bought - used for _, bought, used in rows)} free"
    lines = [f"{'product':<40} {'bought':>8} {'used':>8} {'free':>8}"]
    lines += [f"{name:<40} {bought:>8} {used:>8} {bought - used:>8}" for name, bought, used in rows]
    message.set_content("\n".join(lines) + "\n")
    return message


def main() -> int:
    sender, receiver = sys.argv[1:3]
    try:
        with GraphClient.from_env() as graph:
            message = report(licences(graph))
            message["To"] = receiver
            graph.users[sender].send_message(message)
    except Error as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(message["Subject"], "- sent to", receiver)
    return 0


if __name__ == "__main__":
    sys.exit(main())
