import { get, text } from "./api.js";
import { Chart } from "./charts.js";
import { $, el, number, say } from "./dom.js";
import { byLabel, parse, percentiles, sum } from "./metrics.js";

const ERROR_COLOURS = ["--c1", "--c4", "--c5", "--c2", "--c6", "--c3"];
const tiles = {};
let charts;
let before = null;

export function start() {
  for (const [key, name] of [["rate", "Requests"], ["success", "Success"], ["p50", "Latency p50"], ["p99", "Latency p99"], ["connections", "Connections"], ["reuse", "Reuse"], ["waiting", "Waiting"]]) {
    tiles[key] = { value: el("div", { class: "value" }, "–"), note: el("div", { class: "note" }) };
    $("tiles").append(el("div", { class: "tile", id: `tile-${key}` }, el("div", { class: "name" }, name), tiles[key].value, tiles[key].note));
  }
  charts = {
    requests: new Chart("chart-requests", ["answered", "failed"], ["--c2", "--c1"]),
    latency: new Chart("chart-latency", ["p50", "p95", "p99"], ["--c3", "--c5", "--c1"], " ms"),
    connections: new Chart("chart-connections", ["active", "idle", "connecting"], ["--c1", "--c2", "--c5"]),
    reuse: new Chart("chart-reuse", ["reuse"], ["--c3"], " %"),
    errors: new Chart("chart-errors", [], []),
  };
}

export async function update() {
  const [stats, page] = await Promise.all([get("/api/v1/stats"), text("/metrics")]);
  const now = { at: performance.now() / 1000, samples: parse(page), stats };
  if (before) show(before, now);
  before = now;
  return stats;
}

function show(old, now) {
  const seconds = now.at - old.at;
  const at = Date.now() / 1000;
  const rate = (pick) => Math.max(0, (pick(now.stats) - pick(old.stats)) / seconds);
  const [p50, p95, p99] = percentiles(old.samples, now.samples, "hotpool_request_duration_seconds", [0.5, 0.95, 0.99]).map((s) => (s == null ? null : s * 1000));
  const { stats } = now;
  charts.requests.add(at, [rate((s) => s.successful_requests), rate((s) => s.failed_requests)]);
  charts.latency.add(at, [p50, p95, p99]);
  charts.connections.add(at, [stats.active_connections, stats.idle_connections, stats.connecting]);
  const acquired = (outcome) => sum(now.samples, "hotpool_acquires_total", { outcome }) - sum(old.samples, "hotpool_acquires_total", { outcome });
  const all = acquired("reused") + acquired("created");
  charts.reuse.add(at, [all > 0 ? (100 * acquired("reused")) / all : null]);
  errors(old, now, at, seconds);
  fill(stats, rate((s) => s.total_requests), p50, p99);
}

function errors(old, now, at, seconds) {
  const earlier = byLabel(old.samples, "hotpool_upstream_errors_total", "kind");
  const later = byLabel(now.samples, "hotpool_upstream_errors_total", "kind");
  const chart = charts.errors;
  say($("errors-note"), chart.names.length ? "per second" : "none since hotpool started");
  for (const [kind, count] of later) {
    if (count > 0) chart.name(kind, ERROR_COLOURS[chart.names.length % ERROR_COLOURS.length]);
  }
  chart.add(at, chart.names.map((kind) => Math.max(0, ((later.get(kind) ?? 0) - (earlier.get(kind) ?? 0)) / seconds)));
}

function fill(stats, rate, p50, p99) {
  const minute = stats.windows["1m"];
  tile("rate", number(rate), "/s", `${number(stats.total_requests)} in all`);
  tile("success", minute.total_requests ? number(100 * minute.success_rate) : "–", "%", `${number(stats.failed_requests)} failed in all`);
  tile("p50", p50 == null ? "–" : number(p50), "ms", "last two seconds");
  tile("p99", p99 == null ? "–" : number(p99), "ms", `${number(minute.avg_response_time_ms)} ms mean to first byte, 1 min`);
  tile("connections", number(stats.total_connections), "", [...Object.entries(stats.by_protocol), ...Object.entries(stats.by_egress).filter(([name]) => name !== "direct")].map(([name, count]) => `${count} ${name}`).join(", "));
  tile("reuse", minute.total_requests ? number(100 * minute.conn_reuse_rate) : "–", "%", "last minute");
  tile("waiting", number(stats.pending), "", `${stats.connecting} connecting`);
}

function tile(key, value, unit, note) {
  const { value: box, note: line } = tiles[key];
  if (box.dataset.shown !== value) {
    box.dataset.shown = value;
    box.replaceChildren(value, el("small", {}, unit));
  }
  say(line, note);
}
