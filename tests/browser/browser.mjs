// A headless Chromium that asks no host but those it may, and complains of nothing.

import assert from "node:assert/strict";

import { chromium } from "playwright-core";

const WITHOUT_OWN_TRAFFIC = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-quic",
  "--disable-sync",
  "--no-first-run",
];
const AS_ROOT = process.getuid?.() === 0 ? ["--no-sandbox"] : [];

/** Fails if the page asked a host that the visit does not answer with, or the browser complained of anything else. */
export async function visiting(url, visit, complaints = []) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [...WITHOUT_OWN_TRAFFIC, ...AS_ROOT],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
    const watched = watch(page);
    const others = (await visit(page)) ?? [];
    assert.deepEqual(watched.hosts, new Set([new URL(url).host, ...others]), "no other host is asked");
    assert.deepEqual(watched.complaints, complaints, "the browser complains of nothing else");
  } finally {
    await browser.close();
  }
}

function watch(page) {
  const hosts = new Set();
  const complaints = [];
  page.on("request", (request) => {
    if (!/^(data|blob):/.test(request.url())) hosts.add(new URL(request.url()).host);
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("requestfailed", (request) => complaints.push(`${request.url()}: ${request.failure()?.errorText}`));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  return { hosts, complaints };
}

/** Those of somebody who is signed in. */
export async function keptWell(page) {
  const cookies = await page.context().cookies();
  assert(cookies.length >= 3, "access, identity and refresh token");
  for (const { name, httpOnly, secure, sameSite } of cookies) {
    assert.deepEqual({ httpOnly, secure, sameSite }, { httpOnly: true, secure: true, sameSite: "Strict" }, name);
  }
  assert.equal(await page.evaluate("document.cookie"), "", "no script sees a token");
}
