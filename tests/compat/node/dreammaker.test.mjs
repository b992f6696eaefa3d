// Dreammaker's way of calling: its axios, its settings, its reading.

import assert from "node:assert/strict";
import test from "node:test";

import axios from "axios";

const engine = axios.create({
  baseURL: process.env.ENGINE_URL,
  timeout: 30000,
  headers: { "Content-Type": "application/json", "User-Agent": "DreammakerCrypto/1.0" },
});

test("providers are a bare array", async () => {
  const { data } = await engine.get("/api/providers");

  assert.ok(Array.isArray(data));
  for (const provider of data) {
    assert.equal(typeof provider.name, "string");
    assert.ok(["healthy", "degraded", "down", "disabled"].includes(provider.status));
  }
});
