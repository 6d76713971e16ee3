// @microsoft/microsoft-graph-client with @azure/identity, as its README shows them.
// Node's own fetch does not read HTTPS_PROXY; undici's EnvHttpProxyAgent is how Node's documentation adds that.
import { ClientSecretCredential } from "@azure/identity";
import graphClient from "@microsoft/microsoft-graph-client";
import authProviders from "@microsoft/microsoft-graph-client/authProviders/azureTokenCredentials/index.js";
import { EnvHttpProxyAgent, fetch, Request, Response, Headers, setGlobalDispatcher } from "undici";

setGlobalDispatcher(new EnvHttpProxyAgent());
Object.assign(globalThis, { fetch, Request, Response, Headers });
const { Client, BatchRequestContent, BatchResponseContent, LargeFileUploadTask, FileUpload, PageIterator } = graphClient;
const { TokenCredentialAuthenticationProvider } = authProviders;
const ADA = "ada.lovelace@contoso.example";
const E5 = "06ebc4ee-1bb5-47dd-8120-11324bc54e06";

async function attempt(operation, work) {
  let works, detail;
  try {
    detail = await work();
    works = Boolean(detail);
  } catch (error) {
    works = false;
    detail = `${error.stack} ${JSON.stringify(error)}`;
  }
  console.log(JSON.stringify({ operation, works, detail: String(detail).slice(0, 2000) }));
  return works ? detail : undefined;
}

const { AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET } = process.env;
const credential = new ClientSecretCredential(AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET);
const scopes = ["https://graph.microsoft.com/.default"];
const graph = Client.initWithMiddleware({ authProvider: new TokenCredentialAuthenticationProvider(credential, { scopes }) });

async function refused(path, status, code) {
  try {
    await graph.api(path).get();
  } catch (error) {
    if (error.statusCode === status && error.code === code) return true;
    throw error;
  }
  return false;
}

await attempt("sign in", async () => (await credential.getToken(scopes[0])).token);
await attempt("list users, every page", async () => {
  const seen = new Set();
  const iterator = new PageIterator(graph, await graph.api("/users").top(7).get(), (user) => seen.add(user.id));
  await iterator.iterate();
  return seen.size === 50;
});
await attempt("list with filter and select", async () => {
  const found = await graph.api("/users").filter("startswith(displayName,'Ada')").select(["displayName", "mail"]).get();
  return found.value.length === 1 && found.value[0].displayName === "Ada Lovelace";
});
await attempt("count users", async () => {
  const found = await graph.api("/users").header("ConsistencyLevel", "eventual").count(true).top(1).get();
  return found["@odata.count"] === 50;
});
await attempt("get a user", async () => (await graph.api(`/users/${ADA}`).get()).displayName === "Ada Lovelace");
const id = await attempt("create a user", async () => {
  const made = await graph.api("/users").post({
    accountEnabled: true,
    displayName: "Peer",
    mailNickname: "peer",
    userPrincipalName: "peer@contoso.example",
    passwordProfile: { password: "Compiler-1952" },
  });
  return made.id;
});
await attempt("update a user", async () => {
  await graph.api(`/users/${id}`).patch({ jobTitle: "Engineer", usageLocation: "DE" });
  return (await graph.api(`/users/${id}`).select("jobTitle").get()).jobTitle === "Engineer";
});
const group = (await graph.api("/groups").filter("displayName eq 'Finance'").get()).value[0].id;
const members = async () => (await graph.api(`/groups/${group}/members`).get()).value.length;
const before = await members();
await attempt("list members", async () => before > 5);
await attempt("cast a relation", async () => {
  const cast = graph.api(`/groups/${group}/members/microsoft.graph.user`).header("ConsistencyLevel", "eventual");
  return (await cast.count(true).get()).value.length === before;
});
await attempt("add a member", async () => {
  const reference = { "@odata.id": `https://graph.microsoft.com/v1.0/directoryObjects/${id}` };
  await graph.api(`/groups/${group}/members/$ref`).post(reference);
  return (await members()) === before + 1;
});
await attempt("remove a member", async () => {
  await graph.api(`/groups/${group}/members/${id}/$ref`).delete();
  return (await members()) === before;
});
await attempt("batch", async () => {
  // Its items take standard Request objects, which need a whole address in Node: the host is taken off again.
  const steps = [ADA, "nobody@contoso.example"].map((name, n) => ({
    id: String(n + 1),
    request: new Request(`https://graph.microsoft.com/users/${name}`, { method: "GET" }),
  }));
  const content = await new BatchRequestContent(steps).getContent();
  const answers = new BatchResponseContent(await graph.api("/$batch").post(content));
  return answers.getResponseById("1").status === 200 && answers.getResponseById("2").status === 404;
});
await attempt("delta", async () => {
  let page = await graph.api("/users/delta").get();
  while (page["@odata.nextLink"]) page = await graph.api(page["@odata.nextLink"]).get();
  return (await graph.api(page["@odata.deltaLink"]).get()).value.length === 0;
});
await attempt("upload a small file", async () => {
  const made = await graph.api(`/users/${ADA}/drive/root:/peer.txt:/content`).put("abc");
  return made.size === 3;
});
await attempt("upload a large file", async () => {
  const data = Buffer.alloc(5 * 1024 * 1024, "x");
  const file = new FileUpload(data.buffer.slice(data.byteOffset, data.byteOffset + data.length), "large.bin", data.length);
  const payload = { item: { "@microsoft.graph.conflictBehavior": "rename" } };
  const url = `https://graph.microsoft.com/v1.0/users/${ADA}/drive/root:/large.bin:/createUploadSession`;
  const session = await LargeFileUploadTask.createUploadSession(graph, url, payload);
  const result = await new LargeFileUploadTask(graph, file, session, { rangeSize: 5 * 320 * 1024 }).upload();
  return result.responseBody.size === data.length;
});
await attempt("download", async () => {
  const stream = await graph.api(`/users/${ADA}/drive/root:/peer.txt:/content`).getStream();
  return (await new Response(stream).text()) === "abc";
});
await attempt("send mail", async () => {
  const message = {
    subject: "Peer",
    body: { contentType: "Text", content: "x" },
    toRecipients: [{ emailAddress: { address: ADA } }],
  };
  await graph.api(`/users/${ADA}/sendMail`).post({ message });
  return true;
});
await attempt("list messages", async () =>
  (await graph.api(`/users/${ADA}/messages`).get()).value.some((each) => each.subject === "Peer"),
);
await attempt("calendar events", async () => {
  const at = (hour) => ({ dateTime: `2027-01-01T${hour}:00:00`, timeZone: "UTC" });
  await graph.api(`/users/${ADA}/events`).post({ subject: "Peer", start: at(10), end: at(11) });
  return (await graph.api(`/users/${ADA}/events`).get()).value.some((each) => each.subject === "Peer");
});
await attempt("licenses", async () => {
  const skus = (await graph.api("/subscribedSkus").get()).value.length;
  await graph.api(`/users/${id}/assignLicense`).post({ addLicenses: [{ skuId: E5 }], removeLicenses: [] });
  return skus > 3 && (await graph.api(`/users/${id}/licenseDetails`).get()).value[0].skuPartNumber === "SPE_E5";
});
await attempt("applications", async () => (await graph.api("/applications").get()).value.length > 1);
await attempt("delete a user", async () => {
  await graph.api(`/users/${id}`).delete();
  return refused(`/users/${id}`, 404, "Request_ResourceNotFound");
});
await attempt("error 404", () => refused("/users/nobody@contoso.example", 404, "Request_ResourceNotFound"));
await attempt("error 403", () => refused("/users/forbidden@contoso.example", 403, "Authorization_RequestDenied"));
await attempt("error 429", async () => {
  return (await graph.api("/users/throttled@contoso.example").get()).displayName === "Throttled";
});
