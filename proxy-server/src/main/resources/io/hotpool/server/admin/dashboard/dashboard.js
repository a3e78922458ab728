// The page: which view is shown, and the beat at which it is brought up to date.
import { get, request } from "./api.js";
import * as config from "./config.js";
import * as diagnose from "./diagnose.js";
import { $, say } from "./dom.js";
import * as events from "./events.js";
import * as hosts from "./hosts.js";
import * as lists from "./lists.js";
import * as overview from "./overview.js";
import * as profiles from "./profiles.js";

const BEAT = 2000;
const views = { overview: { update: async () => {} }, hosts, lists, profiles, diagnose, events, config };
let current = "overview";

async function show() {
  const name = location.hash.slice(1);
  current = name in views ? name : "overview";
  for (const view of Object.keys(views)) $(`view-${view}`).hidden = view !== current;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.hash === `#${current}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.title = current === "overview" ? "hotpool" : `hotpool – ${current}`;
  await refresh(() => views[current].update());
}

async function refresh(action) {
  try {
    await action();
  } catch (error) {
    state("bad", "unreachable");
  }
}

function state(tone, words) {
  $("state").className = `badge ${tone}`;
  say($("state"), words);
}

async function beat() {
  if (!document.hidden) {
    await refresh(async () => {
      const [ready, stats] = await Promise.all([request("/healthz").then(() => request("/readyz")), overview.update()]);
      state(ready.ok ? "good" : "warn", ready.ok ? `ready, up ${age(stats.uptime_seconds)}` : "draining");
      if (current !== "overview") await views[current].update();
    });
  }
  setTimeout(beat, BEAT);
}

const age = (s) => (s < 120 ? `${s} s` : s < 7200 ? `${Math.floor(s / 60)} min` : s < 172800 ? `${Math.floor(s / 3600)} h` : `${Math.floor(s / 86400)} days`);

const paths = (await get("/api/v1/openapi.json")).paths;
overview.start();
hosts.start(paths);
config.start();
diagnose.start();
events.start();
if (lists.there(paths)) {
  document.querySelector('nav a[href="#lists"]').hidden = false;
  lists.start();
}
addEventListener("hashchange", show);
show();
beat();
