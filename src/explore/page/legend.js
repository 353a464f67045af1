// Colours of the points and the legend, which also filters.
const colouring = { by: "", kind: "", classes: [], values: null, hidden: new Set(), range: [0, 1], chosen: [0, 1] };

const shownName = { error: "reconstruction error", distance: "distance from the others", "": "nothing" };

// The classes with colours of their own: the ones with the most points.
function classTable() {
  const counts = new Array(colouring.classes.length).fill(0);
  for (const value of colouring.values) if (counts[value] !== undefined) ++counts[value];
  const order = counts.map((_, i) => i).sort((a, b) => counts[b] - counts[a]);
  const few = colouring.classes.length <= classColours.length;
  const own = new Set(few ? order : order.slice(0, classColours.length - 1));
  let next = 0;
  return colouring.classes.map((name, i) => ({
    name, count: counts[i], colour: own.has(i) ? readable(classColours[few ? i : next++]) : channelsOf(otherColour),
  }));
}

function colourPoints() {
  const { values, kind } = colouring;
  map.colours = new Uint32Array(map.count).fill(pixelOf(readable("#0072b2")));
  map.visible = new Uint8Array(map.count).fill(1);
  if (!values) return;
  const grey = pixelOf(channelsOf(otherColour));
  if (kind !== "number") {
    const pixels = colouring.table.map((row) => pixelOf(row.colour));
    for (let i = 0; i < map.count; ++i) {
      map.colours[i] = pixels[values[i]] ?? grey;
      map.visible[i] = colouring.hidden.has(Number.isNaN(values[i]) ? -1 : values[i]) ? 0 : 1;
    }
    return;
  }
  const [low, high] = colouring.range, steps = Array.from({ length: 256 }, (_, i) => pixelOf(scaleChannels(i / 255)));
  const [from, to] = colouring.chosen;
  for (let i = 0; i < map.count; ++i) {
    const value = values[i];
    map.colours[i] = Number.isNaN(value) ? grey : steps[Math.min(255, Math.max(0, Math.round(255 * (value - low) / (high - low || 1))))];
    map.visible[i] = Number.isNaN(value) || (value >= from && value <= to) ? 1 : 0;
  }
}

// After the page, or what lies behind the points, became dark or light.
function recolour() {
  if (!info) return;
  if (colouring.table) colouring.table = classTable();
  showLegend();
  filtersChanged();
}

function legendButton(text, colour, pressed, toggle) {
  const button = document.createElement("button"), swatch = document.createElement("span");
  button.type = "button";
  swatch.className = "swatch";
  swatch.style.background = `rgb(${colour.join()})`;
  button.append(swatch, text);
  button.setAttribute("aria-pressed", String(pressed));
  button.addEventListener("click", toggle);
  return button;
}

function filtersChanged() {
  colourPoints();
  drawMap();
  showSelection();
}

function showClassLegend(box) {
  const many = colouring.table.length > 60;
  colouring.table.forEach((row, i) => {
    if (many && i >= 60) return;
    const button = legendButton(`${row.name} (${row.count})`, row.colour, !colouring.hidden.has(i), () => {
      if (!colouring.hidden.delete(i)) colouring.hidden.add(i);
      button.setAttribute("aria-pressed", String(!colouring.hidden.has(i)));
      filtersChanged();
    });
    box.append(button);
  });
  const all = document.createElement("button"), none = document.createElement("button");
  all.textContent = "all";
  none.textContent = "none";
  all.addEventListener("click", () => { colouring.hidden.clear(); showLegend(); filtersChanged(); });
  none.addEventListener("click", () => { colouring.table.forEach((_, i) => colouring.hidden.add(i)); showLegend(); filtersChanged(); });
  box.append(all, none);
}

function numberInput(value, label, change) {
  const input = document.createElement("input");
  input.type = "number";
  input.step = "any";
  input.value = Number(value).toPrecision(4);
  input.setAttribute("aria-label", label);
  input.addEventListener("change", () => change(Number(input.value)));
  return input;
}

function showNumberLegend(box) {
  const scale = document.createElement("canvas");
  scale.id = "scale";
  scale.width = 160;
  scale.height = 1;
  const pen = scale.getContext("2d");
  for (let x = 0; x < 160; ++x) {
    pen.fillStyle = `rgb(${scaleChannels(x / 159).join()})`;
    pen.fillRect(x, 0, 1, 1);
  }
  box.append(numberInput(colouring.chosen[0], "least value shown", (value) => { colouring.chosen[0] = value; filtersChanged(); }), scale,
    numberInput(colouring.chosen[1], "largest value shown", (value) => { colouring.chosen[1] = value; filtersChanged(); }));
}

function showLegend() {
  const box = byId("legend");
  box.replaceChildren();
  if (!colouring.values) return;
  if (colouring.kind === "number") showNumberLegend(box); else showClassLegend(box);
}

async function colourBy(name) {
  colouring.by = name;
  colouring.hidden.clear();
  colouring.values = null;
  if (name) {
    const found = await api.values(name, (share) => say(`${shownName[name] || name}: ${Math.round(100 * share)}%`));
    if (colouring.by !== name) return;
    say("");
    Object.assign(colouring, { kind: found.kind, classes: found.classes || [], values: found.values });
    if (found.kind === "number") {
      const sorted = found.values.filter((value) => !Number.isNaN(value)).sort();
      const at = (share) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
      colouring.range = [at(0.005), at(0.995)];
      colouring.chosen = [Math.floor(at(0) * 1e4) / 1e4, Math.ceil(at(1) * 1e4) / 1e4];
    } else {
      colouring.table = classTable();
    }
  }
  showLegend();
  filtersChanged();
}

// What is known about an example under the present colouring: "label: Coat".
function valueText(index) {
  if (!colouring.values) return "";
  const value = colouring.values[index];
  const text = Number.isNaN(value) ? "unknown" : colouring.kind === "number" ? value.toPrecision(4) : colouring.classes[value];
  return `${shownName[colouring.by] || colouring.by}: ${text}`;
}
