// Asks the server for what the page shows. A page without a server holds everything itself, in the
// element "data": {info, names, points: {latents, components}, values: {NAME}, sprites, grid}, where
// points and values are {head, floats} with float32 numbers in base64.
const byId = (id) => document.getElementById(id);
const own = JSON.parse(byId("data").textContent || "null");
const token = new URLSearchParams(location.search).get("token") || "";

class Refused extends Error {}

async function ask(path, body) {
  const options = { headers: { "X-Latent-Token": token }, cache: "no-store" };
  if (body !== undefined) {
    options.method = "POST";
    options.body = body instanceof Blob ? body : JSON.stringify(body);
  }
  const response = await fetch(path, options);
  if (response.ok) return response;
  let message = `${response.status}`;
  try {
    message = (await response.json()).error;
  } catch { /* not ours: the number says it */ }
  throw new Refused(message);
}

// A frame: the length of its head, the head as JSON, then bytes.
async function askFrame(path, body) {
  const buffer = await (await ask(path, body)).arrayBuffer();
  const length = new DataView(buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  return { head, buffer, start: 4 + length, bytes: new Uint8Array(buffer, 4 + length) };
}

function floatsOf(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; ++i) bytes[i] = text.charCodeAt(i);
  return new Float32Array(bytes.buffer);
}

const api = {
  info: async () => (own ? own.info : (await ask("api/info")).json()),
  names: async () => (own ? own.names : (await ask("api/names")).json()),
  attributes: async () => (await ask("api/attributes")).json(),
  direction: async (attribute, others) =>
    (await ask("api/direction", { attribute, orthogonal_to: others })).json(),
  random: async (temperature, seed) => (await ask("api/random", { temperature, seed })).json(),
  neighbours: async (z, count) => (await ask("api/neighbours", { z: [z], count })).json(),
  gif: async (request) => (await ask("api/morph.gif", request)).blob(),
  alive: () => ask("api/alive"),

  // axes: "components", or two latents.
  async points(axes) {
    if (own) {
      const stored = own.points[axes === "components" ? "components" : "latents"];
      return { head: stored.head, xy: floatsOf(stored.floats) };
    }
    const query = axes === "components" ? "plane=components" : `x=${axes[0]}&y=${axes[1]}`;
    const frame = await askFrame(`api/points?${query}`);
    return { head: frame.head, xy: new Float32Array(frame.buffer, frame.start) };
  },

  // progress: called with a share while the server still computes.
  async values(by, progress) {
    if (own) return { ...own.values[by].head, values: floatsOf(own.values[by].floats) };
    for (;;) {
      const { head, buffer, start } = await askFrame(`api/values?by=${encodeURIComponent(by)}`);
      if (head.done === head.total) return { ...head, values: new Float32Array(buffer, start) };
      progress(head.done / head.total);
    }
  },

  decode: async (codes, told) => pictureList(await askFrame("api/decode", { z: codes, ...told })),
  morph: async (request) => pictureList(await askFrame("api/morph", request)),
  encode: async (file) => pictureList(await askFrame("api/encode", file)),
  examples: async (indices, options) =>
    pictureList(await askFrame("api/examples", { indices, ...options })),
};

function say(message) {
  byId("status").textContent = message;
}

// Runs work that a person asked for; what goes wrong is said at the top of the page.
async function attempt(work) {
  try {
    await work();
    if (byId("status").textContent && !own) say("");
  } catch (failure) {
    say(failure instanceof Refused ? failure.message
      : failure instanceof TypeError && /fetch|network/i.test(failure.message) ? "the program has ended: start latent explore again"
      : String(failure.message || failure));
  }
}

// Wraps work that sliders start: one at a time, and of those that come meanwhile the last one.
function latestOnly(work) {
  let running = false, again = false;
  return async function run() {
    if (running) { again = true; return; }
    running = true;
    do {
      again = false;
      await attempt(work);
    } while (again);
    running = false;
  };
}

function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    say("copied: " + (text.length > 160 ? text.slice(0, 160) + "..." : text));
  } catch {
    window.prompt("Copy this command:", text);
  }
}

const shellWord = (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : "'" + word.replaceAll("'", "'\\''") + "'");
const shellCommand = (words) => words.map((word) => shellWord(String(word))).join(" ");
