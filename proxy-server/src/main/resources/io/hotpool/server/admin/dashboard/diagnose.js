// One fresh request to a URL, told step by step.
import { send } from "./api.js";
import { $, count, el, order } from "./dom.js";

export function start() {
  const form = $("diagnose-form");
  form.addEventListener("submit", (submit) => {
    submit.preventDefault();
    $("diagnosis").replaceChildren(el("p", { class: "hint" }, "Asking…"));
    order(form.querySelector("button"), async () => {
      try {
        $("diagnosis").replaceChildren(...told(await send("POST", "/api/v1/diagnose", { url: form.elements.url.value.trim() })));
      } catch (error) {
        $("diagnosis").replaceChildren(el("p", { class: "bad" }, error.message));
      }
    });
  });
}

export const update = async () => {};

function told(diagnosis) {
  const steps = el("table", {}, el("tbody", {}, ...diagnosis.steps.map((step) => el("tr", {}, el("td", {}, el("span", { class: `badge ${step.ok ? "good" : "bad"}` }, step.ok ? "ok" : "failed")),
    el("td", {}, step.step), el("td", { class: "num" }, `${step.ms.toFixed(1)} ms`), el("td", {}, step.detail)))));
  const pool = diagnosis.pool;
  const limits = diagnosis.thresholds;
  return [el("h3", {}, `${diagnosis.url} as ${diagnosis.profile}`), el("div", { class: "scroll" }, steps),
    el("p", { class: "hint" }, `Pool: ${count(pool.host_connections, "connection")} to this host (at most ${limits["pool.max_conns_per_host"]}), ${pool.host_waiting} waiting, ${pool.all_connections} of ${limits["pool.max_connections"]} in all.`),
    ...pool.addresses.map((address) => el("p", { class: "hint" }, el("span", { class: "mono" }, address.ip), ` ${address.state}${address.cause ? `, ${address.cause}` : ""}`)),
    listed("Found", diagnosis.findings), listed("Advice", diagnosis.advice)].filter((part) => part);
}

const listed = (name, lines) => (lines.length ? el("div", {}, el("h4", {}, name), el("ul", {}, ...lines.map((line) => el("li", {}, line)))) : null);
