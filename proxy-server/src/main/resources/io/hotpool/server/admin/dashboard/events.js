import { follow } from "./api.js";
import { $, count, el, time } from "./dom.js";

const KEPT = 500;
const LATEST = 8;
const TONE = { connection_opened: "good", exchange_failed: "bad", dial_failed: "bad", alert: "bad", address_listed: "warn", reload: "warn", dropped: "warn" };
const all = [];
const types = new Set();
let paused = false;

export function start() {
  $("event-type").addEventListener("change", render);
  $("event-pause").addEventListener("click", (click) => {
    paused = !paused;
    click.target.setAttribute("aria-pressed", String(paused));
    click.target.textContent = paused ? "Go on" : "Pause";
    if (!paused) render();
  });
  let waiting = false;
  follow(200, (event) => {
    all.unshift(event);
    all.length = Math.min(all.length, KEPT);
    if (!types.has(event.type)) {
      types.add(event.type);
      $("event-type").append(el("option", { value: event.type }, event.type.replaceAll("_", " ")));
    }
    if (!waiting) {
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        if (!paused) render();
      });
    }
  });
}

function render() {
  $("latest").replaceChildren(...all.slice(0, LATEST).map(line));
  if ($("view-events").hidden) return;
  const type = $("event-type").value;
  const shown = all.filter((event) => !type || event.type === type);
  $("events").replaceChildren(...shown.map(item));
  $("events-empty").hidden = shown.length > 0;
}

export const update = async () => { if (!paused) render(); };

function item(event) {
  return el("li", {}, el("time", { datetime: event.time }, time(event.time)), kind(event), el("span", {}, words(event)));
}

/** Kind and words in one, for a narrow place. */
const line = (event) => el("li", {}, el("time", { datetime: event.time }, time(event.time)), el("span", {}, kind(event), ` ${words(event)}`));

const kind = (event) => el("span", { class: `kind ${TONE[event.type] ?? ""}` }, event.type.replaceAll("_", " "));

function words(event) {
  const { time: at, type, ...rest } = event;
  const about = [rest.host, rest.ip].filter((part) => part).join(" at ");
  switch (type) {
    case "connection_opened": return `${about}, ${rest.protocol}, ${rest.profile}${rest.resumed ? ", resumed" : ""}`;
    case "connection_closed": return `${about}, ${rest.reason.replaceAll("_", " ")} after ${count(rest.requests, "request")}`;
    case "exchange_failed":
    case "dial_failed": return `${about}${about && ": "}${rest.kind.replaceAll("_", " ")}, ${rest.detail}`;
    case "address_listed": return `${about}: ${rest.from} → ${rest.to}, ${String(rest.cause).replaceAll("_", " ")}`;
    case "reload": return rest.applied ? `taken over: ${rest.changed.join(", ") || "nothing changed"}` : `refused: ${rest.problems.join("; ")}`;
    case "dropped": return `${count(rest.events, "event")} left out, too many at once`;
    default: return Object.entries(rest).map(([name, value]) => `${name.replaceAll("_", " ")} ${typeof value === "object" ? JSON.stringify(value) : value}`).join(", ");
  }
}
