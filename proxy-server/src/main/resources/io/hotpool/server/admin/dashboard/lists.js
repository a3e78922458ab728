import { get, send } from "./api.js";
import { $, el, order, time } from "./dom.js";

export const there = (paths) => "/api/v1/whitelist" in paths && "/api/v1/blacklist" in paths;

export function start() {
  $("list-form").addEventListener("submit", (submit) => {
    submit.preventDefault();
    const { ip, origin } = submit.target.elements;
    order(submit.submitter, async () => {
      await send("PUT", path(submit.submitter.value, ip.value.trim(), origin.value.trim()));
      const done = `${ip.value} is on the ${submit.submitter.value}`;
      ip.value = "";
      await update();
      return done;
    });
  });
}

export async function update() {
  for (const list of ["whitelist", "blacklist"]) {
    const answer = await get(`/api/v1/${list}?limit=1000`);
    const entries = Array.isArray(answer) ? answer : answer.entries ?? answer.ips ?? [];
    $(list).replaceChildren(entries.length ? table(list, entries) : el("p", { class: "empty" }, "None."));
  }
}

const path = (list, ip, origin) => `/api/v1/${list}/${encodeURIComponent(ip)}${origin ? `?origin=${encodeURIComponent(origin)}` : ""}`;

function table(list, entries) {
  const columns = [...new Set(entries.flatMap((entry) => Object.keys(entry)))];
  return el("table", {}, el("thead", {}, el("tr", {}, ...columns.map((name) => el("th", { scope: "col" }, name.replaceAll("_", " "))), el("th"))),
    el("tbody", {}, ...entries.map((entry) => el("tr", {}, ...columns.map((name) => el("td", {}, shown(entry[name]))), el("td", { class: "actions" }, removal(list, entry))))));
}

function shown(value) {
  if (value == null || value === "") return "–";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value)) return time(value);
  return typeof value === "object" ? JSON.stringify(value) : value;
}

function removal(list, entry) {
  const button = el("button", { class: "small", onclick: () => order(button, async () => {
    await send("DELETE", path(list, entry.ip ?? entry.cidr, entry.origin ?? ""));
    await update();
    return `${entry.ip ?? entry.cidr} is off the ${list}`;
  }) }, "Remove");
  return button;
}
