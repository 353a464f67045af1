// The map: points drawn pixel by pixel into one image, which is fast without a graphics card too.
const map = {
  count: 0,
  xy: new Float32Array(0),     // x0, y0, x1, y1, ...
  plane: null,                 // {axes, origin, directions}: from latents to the map and back
  colours: new Uint32Array(0), // of each point
  visible: new Uint8Array(0),  // by the legend
  centre: [0, 0],
  scale: 1,                    // CSS pixels for a unit
  size: [1, 1],                // CSS pixels
  ratio: 1,                    // canvas pixels for a CSS pixel
  marked: -1,                  // the point under the mouse or the keyboard
  chosen: null,                // [x, y] of what is decoded
  own: null,                   // [x, y] of one's own picture
  path: [],                    // of the morph: [x, y] each
  lasso: [],                   // while it is drawn, and after
  showsThumbnails: false,
  showsManifold: false,
  onChoose: () => {},
  onHover: () => {},
  onLasso: () => {},
};

const mapBox = byId("map"), pointCanvas = byId("map-points"), backCanvas = byId("map-back"), overCanvas = byId("map-over");

const toScreen = (x, y) => [(x - map.centre[0]) * map.scale + map.size[0] / 2, map.size[1] / 2 - (y - map.centre[1]) * map.scale];
const toMap = (left, top) => [map.centre[0] + (left - map.size[0] / 2) / map.scale, map.centre[1] - (top - map.size[1] / 2) / map.scale];

// Where latents lie on the map, and the latents at a place of it: the others stay at their mean.
// The map is not centred: the prior's middle lies at zero.
const along = (direction, z) => direction.reduce((sum, value, i) => sum + value * z[i], 0);
const placeOf = (z) => map.plane.directions.map((direction) => along(direction, z));
function latentsAt(x, y) {
  const { origin, directions } = map.plane;
  const moved = [x - along(directions[0], origin), y - along(directions[1], origin)];
  return origin.map((value, i) => value + moved[0] * directions[0][i] + moved[1] * directions[1][i]);
}
// One latent has no plane.
const canDecodePlace = () => map.plane && map.plane.directions;

function resizeMap() {
  const box = mapBox.getBoundingClientRect();
  map.size = [mapBox.clientWidth, mapBox.clientHeight];
  map.ratio = Math.min(window.devicePixelRatio || 1, 2);
  for (const canvas of [pointCanvas, backCanvas, overCanvas]) {
    canvas.width = Math.max(1, Math.round(map.size[0] * map.ratio));
    canvas.height = Math.max(1, Math.round(map.size[1] * map.ratio));
  }
  map.image = null;
  if (box.width) drawMap();
}

function fitMap() {
  const low = [Infinity, Infinity], high = [-Infinity, -Infinity];
  for (let i = 0; i < map.count; ++i) {
    for (const k of [0, 1]) {
      const value = map.xy[2 * i + k];
      if (value < low[k]) low[k] = value;
      if (value > high[k]) high[k] = value;
    }
  }
  if (!(high[0] >= low[0])) return;
  map.centre = [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2];
  map.scale = 0.94 * Math.min(map.size[0] / (high[0] - low[0] || 1), map.size[1] / (high[1] - low[1] || 1));
  drawMap();
}

// The pixels of a disc as rows: how far down, how far left, how wide.
function discRows(radius) {
  const rows = [];
  for (let y = -Math.floor(radius); y <= Math.floor(radius); ++y) {
    const half = Math.floor(Math.sqrt(radius * radius - y * y));
    rows.push([y, half]);
  }
  return rows;
}

function pointRadius() {
  const base = map.count <= 2000 ? 3.6 : map.count <= 20000 ? 2.4 : 1.5;
  return Math.min(6, base * map.ratio * Math.min(1.8, Math.max(1, Math.sqrt(map.scale / (map.fitScale || map.scale)) / 2)));
}

function drawPoints() {
  const pen = pointCanvas.getContext("2d");
  const width = pointCanvas.width, height = pointCanvas.height;
  if (!map.image || map.image.width !== width || map.image.height !== height) {
    map.image = pen.createImageData(width, height);
    map.pixels = new Uint32Array(map.image.data.buffer);
  }
  const { pixels, xy, colours, visible, count } = map;
  pixels.fill(0);
  if (!map.showsThumbnails) {
    const radius = pointRadius(), rows = discRows(radius), reach = Math.ceil(radius);
    const factor = map.scale * map.ratio;
    const left = width / 2 - map.centre[0] * factor, top = height / 2 + map.centre[1] * factor;
    for (let i = 0; i < count; ++i) {
      if (!visible[i]) continue;
      const x = Math.round(left + xy[2 * i] * factor), y = Math.round(top - xy[2 * i + 1] * factor);
      if (x < reach || y < reach || x >= width - reach || y >= height - reach) continue;
      const colour = colours[i];
      for (let r = 0; r < rows.length; ++r) {
        const half = rows[r][1], from = (y + rows[r][0]) * width + x - half;
        for (let at = from; at <= from + 2 * half; ++at) pixels[at] = colour;
      }
    }
  }
  pen.putImageData(map.image, 0, 0);
}

function ring(pen, place, radius, colour) {
  const [x, y] = toScreen(...place);
  pen.lineWidth = 4;
  pen.strokeStyle = getComputedStyle(document.body).backgroundColor;
  pen.beginPath();
  pen.arc(x, y, radius, 0, 7);
  pen.stroke();
  pen.lineWidth = 2;
  pen.strokeStyle = colour;
  pen.stroke();
}

function drawOver() {
  const pen = overCanvas.getContext("2d");
  pen.setTransform(map.ratio, 0, 0, map.ratio, 0, 0);
  pen.clearRect(0, 0, map.size[0], map.size[1]);
  const style = getComputedStyle(document.documentElement);
  const accent = style.getPropertyValue("--accent"), mark = style.getPropertyValue("--mark");
  const line = (places, close) => {
    if (places.length < 2) return;
    pen.beginPath();
    places.forEach((place, i) => (i ? pen.lineTo(...toScreen(...place)) : pen.moveTo(...toScreen(...place))));
    if (close) pen.closePath();
    pen.lineWidth = 2;
    pen.strokeStyle = close ? accent : mark;
    pen.stroke();
    if (close) { pen.globalAlpha = 0.12; pen.fillStyle = accent; pen.fill(); pen.globalAlpha = 1; }
  };
  line(map.lasso, true);
  line(map.path, false);
  map.path.forEach((place) => { const [x, y] = toScreen(...place); pen.fillStyle = mark; pen.fillRect(x - 2, y - 2, 4, 4); });
  if (map.marked >= 0) ring(pen, [map.xy[2 * map.marked], map.xy[2 * map.marked + 1]], 8, accent);
  if (map.chosen) ring(pen, map.chosen, 6, mark);
  if (map.own) { ring(pen, map.own, 9, mark); ring(pen, map.own, 4, accent); }
}

let mapDue = false;
function drawMap() {
  if (mapDue) return;
  mapDue = true;
  requestAnimationFrame(() => {
    mapDue = false;
    drawPoints();
    drawOver();
    drawBack();
    backgroundLater();
  });
}
let overDue = false;
function drawOverSoon() {
  if (overDue || mapDue) return;
  overDue = true;
  requestAnimationFrame(() => { overDue = false; drawOver(); });
}
