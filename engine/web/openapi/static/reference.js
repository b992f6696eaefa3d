// Shows both documents of the engine. It loads nothing from other hosts, and reports to none.
const SAMPLES = "http://localhost:8000"; // the server that samples of the documents name
const DOCUMENTS = ["/openapi.json", "/asyncapi.json"];

/** Gets a document with samples that name this server, so that they run as they are copied; or anything else. */
async function fetchHere(target, options) {
  const response = await fetch(target, options);
  const { pathname } = new URL(target.url ?? target, location.href);
  if (!response.ok || !DOCUMENTS.includes(pathname)) return response;
  const text = (await response.text()).replaceAll(SAMPLES, location.origin);
  return new Response(text, { status: response.status, headers: { "Content-Type": "application/json" } });
}

Scalar.createApiReference("#reference", {
  sources: [
    { title: "HTTP", url: "/openapi.json", default: true },
    { title: "Streams", url: "/asyncapi.json" },
  ],
  hiddenClients: true, // the documents have samples of their own
  hideClientButton: true, // leads to a desktop program
  withDefaultFonts: false,
  telemetry: false,
  customFetch: fetchHere,
  agent: { disabled: true },
  mcp: { disabled: true },
  proxyUrl: "",
  showDeveloperTools: "never",
  persistAuth: false,
});
