import { get, send } from "./api.js";
import { $, el, order } from "./dom.js";

let shown = false;

export async function update() {
  if (shown) return;
  const profiles = await get("/api/v1/profiles");
  $("profiles").replaceChildren(...profiles.map(card));
  shown = true;
}

function card(profile) {
  const outcome = el("div", { role: "status" });
  const button = el("button", { class: "small", onclick: () => order(button, () => test(profile.name, outcome)) }, "Self-test");
  const line = (name, value, mono) => [el("dt", {}, name), el("dd", { class: mono ? "mono" : null }, value || "–")];
  return el("article", { class: "card", "data-profile": profile.name }, el("div", { class: "top" }, el("h3", {}, profile.name), button),
    el("dl", {}, ...line("Browser", `${profile.browser} ${profile.version}, ${profile.platform}`), ...line("Also called", profile.aliases.join(", ")),
      ...line("JA4", profile.ja4, true), ...line("JA3", profile.ja3 || `${profile.ja3n} (sorted)`, true), ...line("HTTP/2", profile.akamai, true),
      ...line("Source", `${profile.source}${profile.captured ? `, ${profile.captured}` : ""}`)), outcome);
}

async function test(name, outcome) {
  const seen = await send("POST", `/api/v1/profiles/${encodeURIComponent(name)}/self-test`);
  outcome.replaceChildren(el("p", {}, el("span", { class: `badge ${seen.match ? "good" : "bad"}` }, seen.match ? "matches" : "differs"),
    seen.match ? " What an origin saw is what the profile promises." : ` ${JSON.stringify(seen.differences ?? seen)}`));
}
