// Chosen examples: inside the lasso, or all that the legend shows.
const selection = { lasso: [], chosen: [], shown: 60 };
let names = [];

const nameOf = (index) => (names.length ? names[index] : String(index).padStart(5, "0"));

function selectInside(polygon) {
  map.lasso = polygon;
  selection.lasso = polygon;
  lassoMode = false;
  byId("lasso").setAttribute("aria-pressed", "false");
  if (polygon.length) showPanel("select");
  selection.shown = 60;
  showSelection();
  drawOverSoon();
}

function chosenExamples() {
  if (selection.lasso.length > 2) return pointsInside(selection.lasso);
  const all = [];
  for (let i = 0; i < map.count; ++i) if (map.visible[i]) all.push(i);
  return all;
}

const fillGrid = latestOnly(async () => {
  const indices = selection.chosen.slice(0, selection.shown);
  const canvases = await thumbnails.get(indices);
  const box = byId("selected-grid");
  box.replaceChildren(...indices.map((index, i) => {
    const button = document.createElement("button");
    button.type = "button";
    button.title = [nameOf(index), valueText(index)].filter(Boolean).join("\n");
    button.append(copyOf(canvases[i]));
    button.addEventListener("click", () => attempt(() => { showPanel("decode"); return chooseExample(index); }));
    return button;
  }));
  byId("more-selected").hidden = indices.length >= selection.chosen.length;
});

function showSelection() {
  const start = performance.now();
  selection.chosen = chosenExamples();
  const inside = selection.lasso.length > 2 ? "inside the lasso" : "shown on the map";
  byId("selected-count").textContent = `${selection.chosen.length} of ${info.count} ${info.noun}s ${inside}`;
  byId("selected-count").dataset.milliseconds = String(performance.now() - start);
  if (!byId("panel-select").hidden) fillGrid();
}

// Names that a list of examples can hold: one a line, no commas, not taken for comments. Else the
// indices name them.
function namesText(indices) {
  const plain = (name) => name === name.trim() && name !== "" && !/[,\r\n]/.test(name) && !name.startsWith("#");
  const words = indices.map(nameOf);
  const usable = names.length > 0 && words.every(plain) && new Set(words).size === words.length;
  const head = `# ${indices.length} ${info.noun}s of the ${info.split} split of ${info.run.replaceAll(/[\r\n]/g, " ")}\n`;
  return head + (usable ? words : indices).join("\n") + "\n";
}

function openSelectPanel() {
  byId("lasso").addEventListener("click", () => {
    lassoMode = !lassoMode;
    byId("lasso").setAttribute("aria-pressed", String(lassoMode));
  });
  byId("clear-selection").addEventListener("click", () => selectInside([]));
  byId("more-selected").addEventListener("click", () => { selection.shown += 240; fillGrid(); });
  byId("save-names").addEventListener("click", () => {
    if (!selection.chosen.length) return say("nothing is chosen");
    download(new Blob([namesText(selection.chosen)], { type: "text/plain" }), "names.txt");
  });
  map.onLasso = selectInside;
}
