// Elements without markup in strings: nothing that an origin chose can become part of the page.
export const $ = (id) => document.getElementById(id);

export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value != null) element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child != null).map((child) => (child instanceof Node ? child : String(child))));
  return element;
}

/** Sets a text only when it is another one: a selection and the screen reader stay undisturbed. */
export function say(element, value) {
  const words = String(value);
  if (element.textContent !== words) element.textContent = words;
}

export function toast(message, bad = false) {
  const note = el("div", { class: bad ? "bad" : null }, message);
  $("toasts").append(note);
  setTimeout(() => note.remove(), bad ? 12000 : 6000);
}

/** Runs an order with its button disabled; says how it ended. */
export async function order(button, action) {
  button.disabled = true;
  try {
    const words = await action();
    if (words) toast(words);
  } catch (error) {
    toast(error.message, true);
  } finally {
    button.disabled = false;
  }
}

/** Resolves to the form's fields, or to null when it was left. */
export function dialog(id) {
  const box = $(id);
  box.returnValue = "cancel";
  box.showModal();
  return new Promise((resolve) =>
    box.addEventListener("close", () => resolve(box.returnValue === "ok" ? new FormData(box.querySelector("form")) : null), { once: true }));
}

export async function confirmed(question, verb) {
  say($("confirm-text"), question);
  say($("confirm-ok"), verb);
  return (await dialog("confirm-dialog")) !== null;
}

export const count = (n, what) => `${number(n)} ${what}${n === 1 ? "" : "s"}`;
export const time = (instant) => new Date(instant).toLocaleTimeString([], { hour12: false });
export const number = (value) => (value >= 10000 ? Math.round(value).toLocaleString() : value >= 100 ? value.toFixed(0) : value >= 10 || Number.isInteger(value) ? String(+value.toFixed(1)) : value.toFixed(2));
