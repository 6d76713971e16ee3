// node browse.cjs ROOT PAGES: opens every page of the site in Chromium; ends with 1 if one of them is not as it should be.
const { chromium } = require(require.resolve("playwright-core", { paths: [process.cwd()] }));
const { existsSync } = require("node:fs");

const [root, names] = [process.argv[2], JSON.parse(process.argv[3])];
const executablePath = ["/usr/bin/chromium", "/usr/bin/google-chrome"].find(existsSync);
const args = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";

(async () => {
  const browser = await chromium.launch({ executablePath, args: args.split(" ") });
  const context = await browser.newContext({ permissions: ["clipboard-read", "clipboard-write"] });
  const page = await context.newPage();
  const wrong = [];
  let name = "";
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && wrong.push(`${name}: ${message.text()}`));
  page.on("pageerror", (error) => wrong.push(`${name}: ${error}`));
  page.on("request", (request) => {
    if (!request.url().startsWith(root) && !/^(data|blob):/.test(request.url())) wrong.push(`${name}: asks for ${request.url()}`);
  });
  for (name of names) await page.goto(root + name, { waitUntil: "load" });

  name = "index.html";
  await page.goto(root + name, { waitUntil: "networkidle" });
  const copied = await page.locator(".highlight code, pre code").first().innerText();
  await page.locator(".md-clipboard, .md-code__button, [data-clipboard-target]").first().click({ timeout: 5000, force: true });
  const clipboard = await page.evaluate(() => navigator.clipboard.readText());
  if (clipboard.trim() !== copied.trim()) wrong.push(`copied ${JSON.stringify(clipboard.slice(0, 60))}`);

  await page.keyboard.press("/"); // the site's own key for its search
  await page.getByRole("combobox", { name: "Search" }).pressSequentially("throttled", { delay: 20 });
  const hits = page.getByRole("option").filter({ hasText: /throttled/i });
  await hits.first().waitFor({ timeout: 10000 }).catch(() => wrong.push("the search finds nothing"));

  await browser.close();
  if (wrong.length) {
    console.error(wrong.join("\n"));
    process.exitCode = 1;
  }
})();
