import { get, send } from "./api.js";
import { $, confirmed, count, dialog, el, number, order, say, time } from "./dom.js";

const rows = new Map(); // by host:port
const open = new Set();
let sort = { by: "requests", down: true };
let canPrewarm = false;
const LABELS = { pending: "waiting", requests: "requests", errors: "errors" };

export function start(paths) {
  canPrewarm = "/api/v1/prewarm" in paths;
  $("prewarm-open").hidden = !canPrewarm;
  $("prewarm-open").addEventListener("click", () => prewarm(""));
  $("flush").addEventListener("click", flush);
  $("host-filter").addEventListener("input", () => update());
  for (const button of document.querySelectorAll("#hosts [data-sort]")) {
    button.addEventListener("click", () => {
      sort = { by: button.dataset.sort, down: sort.by === button.dataset.sort ? !sort.down : button.dataset.sort !== "name" };
      update();
    });
  }
}

export async function update() {
  const all = (await get("/api/v1/hosts?limit=10000")).map((host) => ({ ...host, name: key(host) }));
  const filter = $("host-filter").value.toLowerCase();
  const shown = all.filter((host) => host.name.includes(filter)).sort(compare);
  say($("host-count"), filter ? `${shown.length} of ${all.length}` : all.length);
  $("hosts-empty").hidden = shown.length > 0;
  say($("hosts-empty"), all.length ? "No host has that in its name." : "No host is in the pool. Send a request through the proxy, and its host appears here.");
  const names = new Set(shown.map((host) => host.name));
  for (const [name, row] of rows) {
    if (!names.has(name)) {
      row.line.remove();
      row.detail.remove();
      rows.delete(name);
    }
  }
  place(shown);
  for (const button of document.querySelectorAll("#hosts [data-sort]")) {
    button.closest("th").setAttribute("aria-sort", button.dataset.sort === sort.by ? (sort.down ? "descending" : "ascending") : "none");
  }
  await Promise.all([...open].filter((name) => rows.has(name)).map(drill));
}

function compare(a, b) {
  const order = sort.by === "name" ? a.name.localeCompare(b.name) : a[sort.by] - b[sort.by];
  return (sort.down ? -order : order) || a.name.localeCompare(b.name);
}

const key = (host) => `${host.host.includes(":") ? `[${host.host}]` : host.host}:${host.port}`;

function place(hosts) {
  const body = $("hosts").tBodies[0];
  let after = null;
  for (const host of hosts) {
    const row = rows.get(host.name) ?? make(host);
    fill(row, host);
    const expected = after ? after.nextElementSibling : body.firstElementChild;
    if (expected !== row.line) {
      body.insertBefore(row.line, expected);
      row.line.after(row.detail);
    }
    after = row.detail;
  }
}

function make(host) {
  const toggle = el("button", { class: "host-name", "aria-expanded": "false", onclick: () => flip(host.name) }, host.scheme === "http" ? `${host.name} (http)` : host.name);
  const drain = el("button", { class: "small", onclick: () => order(drain, async () => {
    const answer = await send("POST", `/api/v1/hosts/${encodeURIComponent(host.name)}/drain`);
    return `${host.name}: ${count(answer.closed_or_retired, "connection")} closed or on the way out`;
  }) }, "Drain");
  const warm = canPrewarm ? el("button", { class: "small", onclick: () => prewarm(host.name) }, "Prewarm") : null;
  const row = { toggle, meter: el("div", { class: "meter" }), cells: {}, detail: el("tr", { class: "detail", hidden: true }, el("td", { colspan: 6 }, "…")) };
  for (const name of ["pending", "requests", "errors"]) row.cells[name] = el("td", { class: "num", "data-label": LABELS[name] });
  row.line = el("tr", {}, el("td", {}, toggle), el("td", {}, row.meter), ...Object.values(row.cells), el("td", { class: "actions" }, warm, drain));
  rows.set(host.name, row);
  return row;
}

function fill(row, host) {
  const words = `${host.active} active, ${host.idle} idle${host.connecting ? `, ${host.connecting} connecting` : ""}${host.draining ? `, ${host.draining} draining` : ""}`;
  if (row.meter.dataset.words !== words) {
    row.meter.dataset.words = words;
    row.meter.replaceChildren(bar(host), el("span", {}, words));
  }
  for (const [name, cell] of Object.entries(row.cells)) say(cell, number(host[name]));
}

/** Active, idle and connecting side by side, as parts of the whole. */
function bar(host) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 90 10");
  svg.setAttribute("aria-hidden", "true");
  const whole = Math.max(1, host.active + host.idle + host.connecting + host.draining);
  let x = 0;
  for (const [state, colour] of [["active", "--c1"], ["idle", "--c2"], ["connecting", "--c5"], ["draining", "--soft"]]) {
    const part = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    const width = (90 * host[state]) / whole;
    for (const [name, value] of Object.entries({ x, y: 0, width, height: 10 })) part.setAttribute(name, value);
    part.style.fill = `var(${colour})`;
    svg.append(part);
    x += width;
  }
  return el("span", { class: "dots" }, svg);
}

async function flip(name) {
  const row = rows.get(name);
  if (open.delete(name)) {
    row.detail.hidden = true;
  } else {
    open.add(name);
    row.detail.hidden = false;
    await drill(name);
  }
  row.toggle.setAttribute("aria-expanded", String(open.has(name)));
}

/** Addresses of a host, and the connections to each. */
async function drill(name) {
  const cell = rows.get(name).detail.firstElementChild;
  let hosts;
  try {
    hosts = await get(`/api/v1/hosts/${encodeURIComponent(name)}`);
  } catch {
    cell.replaceChildren(el("p", { class: "hint" }, "The pool no longer knows this host."));
    return;
  }
  const byAddress = new Map();
  const facts = new Map();
  for (const host of hosts) {
    for (const address of host.addresses ?? []) {
      byAddress.set(address.ip, []);
      facts.set(address.ip, address);
    }
    for (const connection of host.connection_list ?? []) {
      const place = connection.ip ?? connection.egress;
      byAddress.set(place, [...(byAddress.get(place) ?? []), connection]);
    }
  }
  const parts = [...byAddress].flatMap(([ip, connections]) => [
    el("h4", {}, el("span", { class: "mono" }, ip), " ", verdict(facts.get(ip)), el("span", { class: "count" }, ` ${count(connections.length, "connection")}`)),
    connections.length ? connectionTable(connections) : null]);
  cell.replaceChildren(...(parts.length ? parts.filter((part) => part) : [el("p", { class: "hint" }, "No connection is open.")]));
}

function verdict(address) {
  const state = address?.state ?? address?.verdict;
  return state ? el("span", { class: `badge ${/den/i.test(state) ? "bad" : /allow/i.test(state) ? "good" : ""}` }, `${state}${address.score == null ? "" : ` ${number(address.score)}`}`) : "";
}

function connectionTable(connections) {
  return el("table", {}, el("thead", {}, el("tr", {}, ...["Id", "State", "Protocol", "Profile", "JA4", "TLS", "Way out", "Requests", "Errors", "Since", "Last used"].map((name) => el("th", { scope: "col" }, name)))),
    el("tbody", {}, ...connections.map((c) => el("tr", {}, el("td", {}, c.id), el("td", {}, c.state), el("td", {}, `${c.protocol}${c.capacity > 1 ? ` ${c.open}/${c.capacity}` : ""}`),
      el("td", {}, c.profile + (c.session ? ` · ${c.session}` : "")), el("td", { class: "mono" }, c.ja4 || "–"), el("td", {}, c.tls_version ? `${c.tls_version}${c.resumed ? ", resumed" : ""}` : "clear"), el("td", {}, wayOut(c)),
      el("td", { class: "num" }, number(c.requests)), el("td", { class: "num" }, number(c.errors)), el("td", {}, time(c.created)), el("td", {}, time(c.last_used))))));
}

/** The upstream proxy, and the address of this machine that the connection leaves from. */
function wayOut(connection) {
  const from = connection.local ? connection.local.replace(/:\d+$/, "") : "";
  return connection.egress === "direct" ? (from ? `direct from ${from}` : "direct") : `${connection.egress}${from ? ` from ${from}` : ""}`;
}

async function flush() {
  if (!(await confirmed("Close every idle connection of the pool, and retire the busy ones when their requests end?", "Flush"))) return;
  await order($("flush"), async () => `${count((await send("POST", "/api/v1/flush")).closed_or_retired, "connection")} closed or on the way out`);
}

async function prewarm(host) {
  const form = $("prewarm-dialog").querySelector("form");
  form.elements.host.value = host;
  const profiles = await get("/api/v1/profiles");
  form.elements.profile.replaceChildren(el("option", { value: "" }, "the configured one"), ...profiles.map((profile) => el("option", {}, profile.name)));
  const fields = await dialog("prewarm-dialog");
  if (!fields) return;
  await order($("prewarm-open"), async () => {
    const body = { host: fields.get("host"), count: Number(fields.get("count")) };
    if (fields.get("profile")) body.profile = fields.get("profile");
    const done = await send("POST", "/api/v1/prewarm", body);
    const parts = [`${done.opened} opened`, `${done.already_there} already there`,
      ...Object.entries(done.refused).map(([limit, count]) => `${count} refused by ${limit}`), ...Object.entries(done.failed).map(([cause, count]) => `${count} failed: ${cause}`)];
    return `${body.host}: ${parts.join(", ")}${done.note ? `\n${done.note}` : ""}`;
  });
}
