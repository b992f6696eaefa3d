// Shows both documents of the engine. It loads nothing from other hosts, and reports to none.
Scalar.createApiReference("#reference", {
  sources: [
    { title: "HTTP", url: "/openapi.json", default: true },
    { title: "Streams", url: "/asyncapi.json" },
  ],
  hiddenClients: true, // the documents have samples of their own
  hideClientButton: true, // leads to a desktop program
  withDefaultFonts: false,
  telemetry: false,
  agent: { disabled: true },
  mcp: { disabled: true },
  proxyUrl: "",
  showDeveloperTools: "never",
  persistAuth: false,
});
