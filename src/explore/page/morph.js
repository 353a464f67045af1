// Morphs between points: a strip, an animation, and files of both.
const morphing = { points: [], result: null, frame: 0, forward: true, timer: 0 };

function addWaypoint(z, index, bytes, label) {
  if (morphing.points.length >= 20) return say("a morph has at most 20 points");
  morphing.points.push({ z: Array.from(z), index, bytes, label });
  showWaypoints();
  makeMorph();
}

async function addExampleWaypoint(index) {
  const { z, pictures } = await api.examples([index], { originals: false });
  addWaypoint(z[0], index, pictures[0], nameOf(index));
}

async function addPlaceWaypoint(place) {
  const z = latentsAt(...place), { pictures } = await api.decode([z], toldNow());
  addWaypoint(z, -1, pictures[0], "a place without a point");
}

function showWaypoints() {
  const box = byId("waypoints");
  box.replaceChildren();
  morphing.points.forEach((point, i) => {
    const button = document.createElement("button");
    button.type = "button";
    button.title = `${point.label}: click to remove`;
    button.append(pictureCanvas(point.bytes));
    button.addEventListener("click", () => { morphing.points.splice(i, 1); showWaypoints(); makeMorph(); });
    box.append(button);
  });
}

function morphRequest() {
  const request = {
    points: morphing.points.map((point) => point.z), path: byId("morph-path").value,
    steps: Math.min(60, Math.max(2, Math.round(Number(byId("morph-steps").value) || 9))), fps: 12,
  };
  if (!info.condition.length) return request;
  if (decoding.words) return { ...request, condition: decoding.words };
  const like = morphing.points.find((point) => point.index >= 0);
  return like ? { ...request, like: like.index } : request;
}

const makeMorph = latestOnly(async () => {
  const downloads = byId("morph-downloads").querySelectorAll("button");
  const enough = morphing.points.length >= 2;
  map.path = [];
  if (enough) {
    morphing.result = await api.morph(morphRequest());
    morphing.frame = 0;
    if (canDecodePlace()) map.path = morphing.result.z.map(placeOf);
    drawStrip();
  } else {
    morphing.result = null;
    byId("strip").width = 1;
  }
  downloads.forEach((button) => { button.disabled = !enough || (isTable && button.id === "save-gif"); });
  byId("copy-morph").disabled = !morphCommand();
  byId("strip").dataset.frames = morphing.result ? morphing.result.pictures.length : 0;
  drawOverSoon();
  play();
});

// All pictures side by side, in rows of at most 13.
function drawStrip() {
  const canvases = morphing.result.pictures.map(pictureCanvas), strip = byId("strip");
  const columns = Math.min(13, canvases.length), { width, height } = canvases[0];
  strip.width = columns * width;
  strip.height = Math.ceil(canvases.length / columns) * height;
  const pen = strip.getContext("2d");
  canvases.forEach((canvas, i) => pen.drawImage(canvas, (i % columns) * width, Math.floor(i / columns) * height));
}

function play() {
  clearInterval(morphing.timer);
  if (!morphing.result) return;
  morphing.timer = setInterval(() => {
    if (byId("panel-morph").hidden || document.hidden) return;
    const last = morphing.result.pictures.length - 1;
    if (morphing.frame >= last) morphing.forward = false;
    if (morphing.frame <= 0) morphing.forward = true;
    morphing.frame = Math.min(last, Math.max(0, morphing.frame + (morphing.forward ? 1 : -1)));
    drawPicture(byId("animation"), morphing.result.pictures[morphing.frame]);
  }, 1000 / 12);
}

// The command line knows the straight path and the sphere, between examples.
function morphCommand() {
  const request = morphRequest();
  if (request.path === "data" || morphing.points.length < 2 || morphing.points.some((point) => point.index < 0)) return "";
  return shellCommand(["latent", "interpolate", "--run", info.run, "--checkpoint", info.checkpoint, "--split", info.split, "--indices",
    morphing.points.map((point) => point.index).join(), "--path", request.path, "--steps", request.steps]);
}

function codesText(codes) {
  return "step," + codes[0].map((_, i) => `z${i}`).join() + "\n" + codes.map((row, i) => `${i},${row.join()}`).join("\n") + "\n";
}

function openMorphPanel() {
  byId("add-shown").addEventListener("click", () => attempt(async () => {
    const z = latentsNow(), { pictures } = await api.decode([z], toldNow());
    addWaypoint(z, isChanged() ? -1 : decoding.index, pictures[0], byId("decoded-caption").textContent);
  }));
  byId("random-pair").addEventListener("click", () => attempt(async () => {
    morphing.points = [];
    for (let i = 0; i < 2; ++i) await addExampleWaypoint(Math.floor(Math.random() * info.count));
  }));
  byId("clear-waypoints").addEventListener("click", () => { morphing.points = []; showWaypoints(); makeMorph(); });
  byId("morph-path").addEventListener("change", makeMorph);
  byId("morph-steps").addEventListener("change", makeMorph);
  byId("save-strip").addEventListener("click", async () => download(await canvasBlob(byId("strip")), "morph.png"));
  byId("save-gif").addEventListener("click", () => attempt(async () => download(await api.gif(morphRequest()), "morph.gif")));
  byId("save-codes").addEventListener("click", () =>
    download(new Blob([codesText(morphing.result.z)], { type: "text/csv" }), "morph.csv"));
  byId("save-frames").addEventListener("click", () => attempt(async () => {
    const files = [];
    for (const [i, bytes] of morphing.result.pictures.entries()) {
      const blob = await canvasBlob(pictureCanvas(bytes));
      files.push({ name: `frame-${String(i).padStart(3, "0")}.png`, bytes: new Uint8Array(await blob.arrayBuffer()) });
    }
    download(zipOf(files), "morph.zip");
  }));
  byId("copy-morph").addEventListener("click", () => copyText(morphCommand()));
}
