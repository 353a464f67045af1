// Puts the page together.
function showPanel(name) {
  for (const tab of byId("tabs").children) {
    const mine = tab.dataset.panel === name;
    tab.setAttribute("aria-selected", String(mine));
    byId(`panel-${tab.dataset.panel}`).hidden = !mine;
  }
  if (name === "select") showSelection();
}

// The picture of a point beside the mouse, with its reconstruction.
const tip = { wanted: -1, place: [0, 0] };
const fillTip = latestOnly(async () => {
  const index = tip.wanted;
  if (index < 0) return;
  const canvases = own ? await thumbnails.get([index])
    : (await api.examples([index], { noise: decoding.noise })).pictures.map(pictureCanvas);
  if (tip.wanted === index) byId("tip-pictures").replaceChildren(...canvases.map(copyOf));
});
function showTip(index, place) {
  tip.wanted = index;
  const box = byId("tip");
  box.hidden = index < 0;
  if (index < 0) return;
  const at = [map.xy[2 * index], map.xy[2 * index + 1]].map((value) => value.toPrecision(3));
  byId("tip-text").textContent = [nameOf(index), valueText(index), `${map.plane.axes[0]} ${at[0]}, ${map.plane.axes[1]} ${at[1]}`].filter(Boolean).join("\n");
  const right = place[0] > map.size[0] - 250, below = place[1] > map.size[1] - 190;
  box.style.left = `${right ? Math.max(0, place[0] - 245) : place[0] + 14}px`;
  box.style.top = `${below ? Math.max(0, place[1] - 180) : place[1] + 14}px`;
  fillTip();
}

const axesNow = () => (byId("axis-x").value === "components" ? "components" : [byId("axis-x").value, byId("axis-y").value]);

async function loadPoints() {
  const { head, xy } = await api.points(axesNow());
  map.plane = head;
  map.xy = xy;
  map.version = (map.version || 0) + 1;
  map.count = xy.length / 2;
  map.lasso = selection.lasso = [];
  map.path = morphing.result && head.directions ? morphing.result.z.map(placeOf) : [];
  map.chosen = null;
  map.own = uploaded.z && head.directions ? placeOf(uploaded.z) : null;
  bucketPoints();
  colourPoints();
  resizeMap();
  fitMap();
  map.fitScale = map.scale;
}

function makeAxes() {
  const x = byId("axis-x"), y = byId("axis-y");
  const two = info.latents <= 2;
  const latents = own ? (two ? [0, 1] : info.order.slice(0, 2)) : two ? [0, 1].slice(0, info.latents) : info.order;
  for (const latent of latents) {
    x.append(new Option(`z${latent}`, latent));
    y.append(new Option(`z${latent}`, latent));
  }
  if (!two) x.append(new Option("two main components", "components"));
  y.selectedIndex = Math.min(1, latents.length - 1);
  y.disabled = own !== null;
  if (info.latents === 1) y.hidden = true;
  const change = () => { y.hidden = x.value === "components" || info.latents === 1; attempt(loadPoints); };
  x.addEventListener("change", change);
  y.addEventListener("change", change);
}

function makeColours() {
  const choice = byId("colour-by");
  for (const { name } of info.attributes) choice.append(new Option(name, name));
  choice.append(new Option("reconstruction error", "error"), new Option("distance from the others", "distance"), new Option("nothing", ""));
  choice.addEventListener("change", () => attempt(() => colourBy(choice.value)));
}

function makeMapSwitches() {
  byId("manifold-label").hidden = !map.showsManifold;
  byId("thumbnails-label").hidden = isTable;
  byId("manifold").addEventListener("change", (event) => { map.showsManifold = event.target.checked; background.key = ""; background.cells = []; recolour(); });
  byId("thumbnails").addEventListener("change", (event) => { map.showsThumbnails = event.target.checked; background.key = ""; background.cells = []; drawMap(); });
  byId("fit").addEventListener("click", fitMap);
  map.onHover = showTip;
  map.onChoose = (index, place) => attempt(async () => {
    if (index < 0 && !canDecodePlace()) return;
    if (!byId("panel-morph").hidden) return index >= 0 ? addExampleWaypoint(index) : addPlaceWaypoint(place);
    if (byId("panel-decode").hidden) showPanel("decode");
    if (index >= 0) return chooseExample(index);
    return choosePlace(place);
  });
}

// A page without a server shows, and computes nothing.
function leaveOutWhatNeedsTheServer() {
  if (!own) return;
  for (const tab of byId("tabs").children) tab.hidden = tab.dataset.panel === "morph" || tab.dataset.panel === "picture";
  for (const id of ["attributes-box", "latents-box", "random", "temperature-label", "reset", "copy-command"]) byId(id).hidden = true;
  if (!own.grid) byId("decoded").parentElement.hidden = true;
}

async function open() {
  info = await api.info();
  shape = info.shape;
  isTable = info.table;
  const run = info.run.replace(/\/+$/, "").split("/").pop();
  document.title = `${run} - latent explore`;
  byId("title").textContent = run;
  const of = info.of && info.of > info.count ? ` of ${info.of}` : "";
  byId("facts").textContent = `${info.count}${of} ${info.noun}s of the ${info.split} split, ${info.latents} latent${info.latents === 1 ? "" : "s"}, checkpoint ${info.checkpoint}`;
  names = own || info.named ? await api.names() : [];
  for (const tab of byId("tabs").children) tab.addEventListener("click", () => showPanel(tab.dataset.panel));
  makeAxes();
  makeColours();
  openDecodePanel();
  openMorphPanel();
  openSelectPanel();
  openPicturePanel();
  leaveOutWhatNeedsTheServer();
  if (isTable) byId("tabs").querySelector("[data-panel=picture]").hidden = true;
  map.showsManifold = Boolean(info.latents === 2 && !isTable && (!own || own.grid));
  await thumbnails.open();
  await loadPoints();
  const first = info.attributes.length ? info.attributes[0].name : "distance";
  byId("colour-by").value = first;
  await colourBy(first);
  makeMapSwitches();
  drawMap();
  requestAnimationFrame(() => requestAnimationFrame(() => { document.documentElement.dataset.drawn = String(performance.now()); }));
  if (own) return;
  setBase(info.mean.map((value) => value ?? 0), -1, "mean of all codes");
  await openAttributes();
  document.documentElement.dataset.ready = String(performance.now());
  setInterval(() => { if (!document.hidden) api.alive().catch(() => say("the program has ended: start latent explore again")); }, 60000);
}

window.addEventListener("resize", resizeMap);
darkPage.addEventListener("change", recolour);
attempt(open);
