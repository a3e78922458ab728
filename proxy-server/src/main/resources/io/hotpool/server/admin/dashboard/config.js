import { get, send } from "./api.js";
import { $, dialog, el, order, say, toast } from "./dom.js";

const LIVE = "PATCH /api/v1/config";
let loaded = null;

export function start() {
  $("config-filter").addEventListener("input", render);
  $("config-changed").addEventListener("change", render);
  $("reload").addEventListener("click", () => order($("reload"), async () => told(await send("POST", "/api/v1/reload"))));
}

export async function update() {
  const next = await get("/api/v1/config");
  if (JSON.stringify(next) === JSON.stringify(loaded)) return;
  loaded = next;
  render();
}

function render() {
  if (!loaded) return;
  say($("config-file"), loaded.file ? `Read from ${loaded.file}.` : "No file was found: built-in defaults.");
  const filter = $("config-filter").value.toLowerCase();
  const entries = Object.entries(loaded.keys).filter(([key, entry]) => (key + entry.doc).toLowerCase().includes(filter)
    && (!$("config-changed").checked || changed(entry)));
  $("config").tBodies[0].replaceChildren(...entries.map(([key, entry]) => row(key, entry)));
}

function row(key, entry) {
  const differs = changed(entry);
  const editable = !entry.needs_restart && !/^\[?\{/.test(entry.toml);
  const back = el("button", { class: "small", onclick: () => order(back, () => change(key, null)) }, "Take back");
  return el("tr", {}, el("td", {}, el("div", { class: "key mono" }, key), el("div", { class: "doc" }, entry.doc)),
    el("td", {}, el("code", {}, entry.toml), differs ? el("div", { class: "doc" }, "default ", el("code", {}, shown(entry.default))) : null),
    el("td", { class: `origin ${entry.origin === "default" ? "" : "set"}`, title: entry.origin }, entry.origin === LIVE ? "changed live" : entry.origin.split("/").pop()),
    el("td", { class: "actions" }, entry.origin === LIVE ? back : null,
      editable ? el("button", { class: "small", "aria-label": `Change ${key}`, onclick: () => edit(key, entry) }, "Change") : null));
}

async function edit(key, entry) {
  say($("edit-key"), key);
  say($("edit-doc"), entry.doc);
  $("edit-dialog").querySelector("input").value = typeof entry.value === "string" ? entry.value : entry.toml;
  const fields = await dialog("edit-dialog");
  if (!fields) return;
  try {
    toast(await change(key, value(fields.get("value"))));
  } catch (error) {
    toast(error.message, true);
  }
}

/** Numbers, booleans and lists as they are; anything else is a text. */
function value(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function change(key, to) {
  const answer = await send("PATCH", "/api/v1/config", { [key]: to });
  await update();
  return told(answer);
}

const told = (answer) => answer.changes.map((c) => `${c.key}: ${shown(c.before.value)} (${c.before.origin}) → ${shown(c.after.value)}`).join("\n") || "Nothing changed.";
const shown = (value) => JSON.stringify(value);
const changed = (entry) => shown(entry.value) !== shown(entry.default);
