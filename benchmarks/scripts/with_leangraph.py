"""The first user, with leangraph."""

from leangraph import GraphClient

graph = GraphClient.from_env()
print(graph.get("/users/adam.example000001@contoso.example")["userPrincipalName"])
