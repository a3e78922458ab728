// The admin API as this page uses it: one token per tab, problems as errors with their words.
let token = sessionStorage.getItem("hotpool.token") ?? "";
let asking = null;

function askForToken() {
  asking ??= new Promise((resolve) => {
    const dialog = document.getElementById("token-dialog");
    dialog.addEventListener("close", () => {
      token = dialog.querySelector("input").value;
      sessionStorage.setItem("hotpool.token", token);
      asking = null;
      resolve();
    }, { once: true });
    dialog.showModal();
  });
  return asking;
}

export async function request(path, options = {}) {
  for (;;) {
    const used = token;
    const headers = { ...(options.body === undefined ? {} : { "Content-Type": "application/json" }), ...options.headers };
    if (used) headers.Authorization = `Bearer ${used}`;
    const response = await fetch(path, { ...options, headers, cache: "no-store" });
    if (response.status !== 401) return response;
    if (used === token) await askForToken();
  }
}

export async function get(path) {
  return answer(await request(path));
}

export async function send(method, path, body = {}) {
  return answer(await request(path, { method, body: JSON.stringify(body) }));
}

export async function text(path) {
  return (await request(path)).text();
}

async function answer(response) {
  if (response.ok) return response.status === 204 ? null : response.json();
  const problem = await response.json().catch(() => ({}));
  throw new Error([problem.detail ?? `${response.status} ${response.statusText}`, ...(problem.problems ?? [])].join("\n"));
}

/** Calls `told(event)` for every event, from the last `recent` on; comes back by itself after a break. */
export async function follow(recent, told) {
  let last = null;
  for (;;) {
    try {
      const response = await request(`/api/v1/events?recent=${recent}`, { headers: last ? { "Last-Event-ID": last } : {} });
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
        const blocks = (rest + piece.value).split("\n\n");
        rest = blocks.pop();
        for (const block of blocks) {
          const data = block.match(/^data: (.*)$/m);
          last = block.match(/^id: (.*)$/m)?.[1] ?? last;
          if (data) told(JSON.parse(data[1]));
        }
      }
    } catch {
      // Tried again below.
    }
    await new Promise((resume) => setTimeout(resume, 2000));
  }
}
