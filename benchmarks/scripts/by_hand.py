"""The first user, as a careful script gets it from the same three libraries."""

import msal
import requests
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env", extra="ignore")
    azure_tenant_id: str
    azure_client_id: str
    azure_client_secret: SecretStr
    azure_authority_host: str
    graph_url: str
    graph_ca_bundle: str


settings = Settings()
app = msal.ConfidentialClientApplication(
    settings.azure_client_id,
    settings.azure_client_secret.get_secret_value(),
    authority=f"{settings.azure_authority_host}/{settings.azure_tenant_id}",
    instance_discovery=False,  # the login host is on loopback: there is nobody to ask about it
    verify=settings.graph_ca_bundle,
)
result = app.acquire_token_for_client([f"{settings.graph_url}/.default"])
if "access_token" not in result:
    raise SystemExit(result.get("error_description"))
session = requests.Session()
session.verify = settings.graph_ca_bundle
reply = session.get(
    f"{settings.graph_url}/v1.0/users/adam.example000001@contoso.example",
    headers={"Authorization": f"Bearer {result['access_token']}"},
    timeout=100,
)
reply.raise_for_status()
print(reply.json()["userPrincipalName"])
