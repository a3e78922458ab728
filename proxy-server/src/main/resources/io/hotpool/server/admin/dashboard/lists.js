import { get, send } from "./api.js";
import { $, el, order, say, time } from "./dom.js";

const SHOWN = 500;
const RANK = ["by_hand", "configured", "learned"];
const drawn = {};

export const there = (paths) => "/api/v1/whitelist" in paths && "/api/v1/blacklist" in paths;

export function start() {
  $("list-filter").addEventListener("input", update);
  $("list-form").addEventListener("submit", (submit) => {
    submit.preventDefault();
    const { ip, origin } = submit.target.elements;
    order(submit.submitter, async () => {
      await send("PUT", path(submit.submitter.value, ip.value.trim(), origin.value.trim()));
      const done = `${ip.value.trim()} is ${submit.submitter.value === "whitelist" ? "allowed" : "denied"} for ${origin.value.trim() || "every host"}`;
      ip.value = "";
      await update();
      return done;
    });
  });
}

export async function update() {
  for (const list of ["whitelist", "blacklist"]) {
    const all = (await get(`/api/v1/${list}?limit=${SHOWN}`)).sort((a, b) => RANK.indexOf(a.source) - RANK.indexOf(b.source));
    const filter = $("list-filter").value.toLowerCase();
    const entries = all.filter((entry) => `${entry.ip} ${entry.origin ?? "every host"} ${entry.cause} ${entry.source}`.toLowerCase().includes(filter));
    say($(`${list}-count`), filter ? `${entries.length} of ${all.length}` : all.length);
    const words = JSON.stringify(entries);
    if (drawn[list] === words) continue;
    drawn[list] = words;
    $(list).replaceChildren(entries.length ? table(list, entries) : el("p", { class: "empty" }, "None."));
    if (all.length === SHOWN) $(list).append(el("p", { class: "hint" }, `The first ${SHOWN}; the rest is at /api/v1/${list}.`));
  }
}

const path = (list, ip, origin) => `/api/v1/${list}/${encodeURIComponent(ip)}${origin ? `?origin=${encodeURIComponent(origin)}` : ""}`;

const SOURCES = { configured: "configuration", by_hand: "by hand", learned: "learned" };

function table(list, entries) {
  return el("table", { class: "entries" }, el("thead", {}, el("tr", {}, ...["Address", "For", "Why", "From", "Since", "Until"].map((name) => el("th", { scope: "col" }, name)),
    el("th", { scope: "col" }, el("span", { class: "sr" }, "Actions")))),
  el("tbody", {}, ...entries.map((entry) => el("tr", { "data-ip": entry.ip }, el("td", { class: "mono" }, entry.ip), el("td", { "data-label": "for" }, entry.origin ?? "every host"), el("td", { "data-label": "why" }, (entry.cause || "–").replaceAll("_", " ")),
    el("td", { "data-label": "from" }, SOURCES[entry.source] ?? entry.source), el("td", { "data-label": "since" }, moment(entry.since)), el("td", { "data-label": "until" }, entry.until ? moment(entry.until) : "removed"),
    el("td", { class: "actions" }, entry.source === "configured" ? el("span", { class: "hint" }, "change the file") : removal(list, entry))))));
}

/** The time of today, the date and the time of another day. */
function moment(instant) {
  const at = new Date(instant);
  return at.getTime() === 0 ? "–" : at.toDateString() === new Date().toDateString() ? time(instant) : `${at.toLocaleDateString()} ${time(instant)}`;
}

function removal(list, entry) {
  const button = el("button", { class: "small", onclick: () => order(button, async () => {
    await send("DELETE", path(list, entry.ip, entry.origin ?? ""));
    await update();
    return `${entry.ip} is no longer ${list === "whitelist" ? "allowed" : "denied"}`;
  }), "aria-label": `Remove ${entry.ip}` }, "Remove");
  return button;
}
