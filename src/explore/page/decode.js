// The decoded picture, and the sliders of the latents.
let info = null;
const decoding = {
  base: [],             // latents before the attributes' sliders
  origin: [],           // latents before any slider
  strengths: new Map(), // of attributes
  steps: new Map(),     // of attributes: latents for one unit of strength
  index: -1,            // the example that the base came from, or -1
  noise: 0,
  words: "",            // the condition that is chosen, or ""
  sliders: [],
  shownLatents: 10,
  cell: 0,              // of a map of latents
};

function latentsNow() {
  const z = decoding.base.slice();
  for (const [name, strength] of decoding.strengths) {
    const step = decoding.steps.get(name);
    if (strength && step) for (let i = 0; i < z.length; ++i) z[i] += strength * step[i];
  }
  return z;
}

// What the decoder gets besides latents: the chosen words, or the example's own condition.
function toldNow() {
  if (!info.condition.length) return {};
  if (decoding.words) return { condition: decoding.words };
  return decoding.index >= 0 ? { like: decoding.index } : {};
}

const isChanged = () => decoding.edited || [...decoding.strengths.values()].some((strength) => strength !== 0);

const showDecoded = latestOnly(async () => {
  if (own) return showOwnPlace();
  const { pictures } = await api.decode([latentsNow()], toldNow());
  drawPicture(byId("decoded"), pictures[0]);
  const from = decoding.index >= 0 ? nameOf(decoding.index) : decoding.label || "decoded";
  byId("decoded-caption").textContent = from + (isChanged() ? ", changed" : decoding.index >= 0 ? ", reconstructed" : "") +
    (decoding.words ? `, ${decoding.words}` : "");
  byId("decoded").dataset.shown = String(Number(byId("decoded").dataset.shown || 0) + 1);
  if (canDecodePlace()) map.chosen = placeOf(latentsNow());
  drawOverSoon();
});

// Without a server: the nearest picture of the stored grid.
function showOwnPlace() {
  if (!own.grid || !map.chosen) return;
  const { side, low, high, sprites } = own.grid;
  const cell = [0, 1].map((k) => Math.round((map.chosen[k] - low[k]) / (high[k] - low[k]) * (side - 1)));
  const column = Math.min(side - 1, Math.max(0, cell[0])), row = side - 1 - Math.min(side - 1, Math.max(0, cell[1]));
  const index = row * side + column, canvas = byId("decoded");
  return loadImage(sprites.url).then((sheet) => {
    canvas.width = sprites.width;
    canvas.height = sprites.height;
    canvas.getContext("2d").drawImage(sheet, (index % sprites.columns) * sprites.width, Math.floor(index / sprites.columns) * sprites.height,
      sprites.width, sprites.height, 0, 0, sprites.width, sprites.height);
    byId("decoded-caption").textContent = "decoded, nearest of a grid";
  });
}

// Sets the latents that the sliders start from.
function setBase(z, index, label) {
  decoding.base = Array.from(z);
  decoding.origin = Array.from(z);
  decoding.index = index;
  decoding.label = label;
  decoding.edited = false;
  moveSliders();
  byId("noise-row").hidden = !(info.noise && index >= 0);
  showDecoded();
}

async function chooseExample(index) {
  if (own) return showOwnExample(index);
  const { z, pictures } = await api.examples([index], { noise: decoding.noise, reconstructions: false });
  byId("original-figure").hidden = false;
  drawPicture(byId("original"), pictures[0]);
  byId("original-caption").textContent = nameOf(index) + (decoding.noise ? ", with noise" : "");
  setBase(z[0], index);
}

async function showOwnExample(index) {
  const [canvas] = await thumbnails.get([index]);
  byId("original-figure").hidden = false;
  byId("original").width = canvas.width;
  byId("original").height = canvas.height;
  if (canvas.width) byId("original").getContext("2d").drawImage(canvas, 0, 0);
  byId("original-caption").textContent = nameOf(index);
  map.chosen = [map.xy[2 * index], map.xy[2 * index + 1]];
  showDecoded();
  drawOverSoon();
}

function choosePlace(place) {
  byId("original-figure").hidden = true;
  if (own) {
    map.chosen = place;
    showDecoded();
    return drawOverSoon();
  }
  setBase(latentsAt(...place), -1, "decoded");
}

function makeSlider({ name, title, low, high, value, side, change }) {
  const row = document.createElement("div"), label = document.createElement("span"), input = document.createElement("input");
  const output = document.createElement("output"), note = document.createElement("span");
  row.className = "slider";
  label.className = "name";
  label.textContent = name;
  label.title = title;
  Object.assign(input, { type: "range", min: low, max: high, step: "any", value });
  input.setAttribute("aria-label", name);
  note.className = "side";
  note.textContent = side;
  output.textContent = Number(value).toFixed(2);
  input.addEventListener("input", () => { output.textContent = Number(input.value).toFixed(2); change(Number(input.value)); });
  row.append(label, input, output, note);
  return { row, input, output };
}

// The latents with a slider: of a map those of the chosen cell.
function sliderLatents() {
  if (!info.map) return info.order.slice(0, decoding.shownLatents);
  const [depth, height, width] = info.map;
  return Array.from({ length: depth }, (_, d) => d * height * width + decoding.cell)
    .sort((a, b) => (info.usage[b] ?? 0) - (info.usage[a] ?? 0)).slice(0, decoding.shownLatents);
}

function makeLatentSliders() {
  const box = byId("latent-sliders"), chosen = sliderLatents();
  box.replaceChildren();
  decoding.sliders = chosen.map((latent) => {
    const low = info.low[latent] ?? -3, high = info.high[latent] ?? 3, room = 0.1 * (high - low) || 1;
    const slider = makeSlider({
      name: `z${latent}`, title: info.posterior ? "its KL divergence in nats, mean over the images" : "its variance over the images",
      low: low - room, high: high + room, value: decoding.base[latent] ?? 0,
      side: info.usage[latent] == null ? "" : Number(info.usage[latent]).toPrecision(2),
      change: (value) => { decoding.base[latent] = value; decoding.edited = true; showDecoded(); },
    });
    box.append(slider.row);
    return { latent, ...slider };
  });
  const all = info.map ? info.map[0] : info.latents, more = byId("more-latents");
  more.hidden = all <= decoding.shownLatents;
  more.textContent = `show all ${all}`;
}

function moveSliders() {
  for (const { latent, input, output } of decoding.sliders) {
    input.value = decoding.base[latent];
    output.textContent = Number(decoding.base[latent]).toFixed(2);
  }
}

// A map of latents: its cells, of which one has the sliders.
function makeCells() {
  if (!info.map) return;
  const [, height, width] = info.map, box = byId("cells");
  box.hidden = false;
  box.style.gridTemplateColumns = `repeat(${width}, 1fr)`;
  for (let cell = 0; cell < height * width; ++cell) {
    const button = document.createElement("button");
    button.type = "button";
    button.title = `row ${Math.floor(cell / width)}, column ${cell % width}`;
    button.setAttribute("aria-label", button.title);
    button.setAttribute("aria-pressed", String(cell === 0));
    button.addEventListener("click", () => {
      decoding.cell = cell;
      [...box.children].forEach((each, i) => each.setAttribute("aria-pressed", String(i === cell)));
      makeLatentSliders();
    });
    box.append(button);
  }
}

// A choice for each attribute that the model is conditioned on.
function makeConditions() {
  const box = byId("condition");
  if (!info.condition.length || own) return;
  box.hidden = false;
  const choices = info.condition.map((part) => {
    const label = document.createElement("label"), words = part.classes || (part.mean === undefined ? ["no", "yes"] : null);
    const input = document.createElement(words ? "select" : "input");
    if (words) {
      input.append(new Option("as the image", ""), ...words.map((word) => new Option(word, word)));
    } else {
      input.type = "number";
      input.step = "any";
      input.placeholder = part.mean.toPrecision(3);
    }
    input.addEventListener("change", () => {
      decoding.words = choices.filter((choice) => choice.input.value !== "").map((choice) => `${choice.name}=${choice.input.value}`).join();
      background.key = "";
      showDecoded();
      backgroundLater();
    });
    label.append(`${part.name} `, input);
    box.append(label);
    return { name: part.name, input };
  });
}

function decodeCommand() {
  const words = ["latent"];
  if (decoding.index >= 0 && !isChanged() && !decoding.words && !decoding.noise) {
    words.push("reconstruct", "--run", info.run, "--checkpoint", info.checkpoint, "--split", info.split, "--indices", decoding.index);
  } else {
    words.push("explore", "--run", info.run, "--checkpoint", info.checkpoint, "--decode=" + latentsNow().map((value) => Number(value.toPrecision(7))).join());
    if (decoding.words) words.push("--condition", decoding.words);
  }
  return shellCommand(words);
}

function openDecodePanel() {
  decoding.base = info.mean.map((value) => value ?? 0);
  decoding.origin = decoding.base.slice();
  makeCells();
  makeLatentSliders();
  makeConditions();
  byId("temperature").addEventListener("input", (event) => { byId("temperature-value").textContent = event.target.value; });
  byId("random").addEventListener("click", () => attempt(async () => {
    const { z } = await api.random(Number(byId("temperature").value), Math.floor(Math.random() * 2 ** 31));
    byId("original-figure").hidden = true;
    setBase(z, -1, "random");
  }));
  byId("reset").addEventListener("click", () => attempt(async () => {
    const changed = isChanged() || decoding.words || decoding.noise;
    decoding.words = "";
    decoding.noise = 0;
    byId("noise").value = 0;
    byId("noise-value").textContent = "0";
    background.key = "";
    backgroundLater();
    byId("condition").querySelectorAll("select, input").forEach((input) => { input.value = ""; });
    resetAttributes();
    if (changed && decoding.index >= 0) return chooseExample(decoding.index);
    if (changed) return setBase(decoding.origin, -1, decoding.label);
    byId("original-figure").hidden = true;
    setBase(info.mean.map((value) => value ?? 0), -1, "mean of all codes");
  }));
  byId("save-picture").addEventListener("click", async () => download(await canvasBlob(byId("decoded")), "decoded.png"));
  byId("copy-command").addEventListener("click", () => copyText(decodeCommand()));
  byId("more-latents").addEventListener("click", () => { decoding.shownLatents = Infinity; makeLatentSliders(); });
  byId("noise").addEventListener("input", (event) => {
    decoding.noise = Number(event.target.value);
    byId("noise-value").textContent = event.target.value;
    showNoise();
  });
}
const showNoise = latestOnly(async () => { if (decoding.index >= 0) await chooseExample(decoding.index); });
