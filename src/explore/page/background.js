// Behind the points: pictures of the decoded plane, or pictures of examples. While the map moves
// the old ones move along; when it rests they are made for the new view.
const background = { cells: [], timer: 0 };

function drawBack() {
  const pen = backCanvas.getContext("2d");
  pen.setTransform(map.ratio, 0, 0, map.ratio, 0, 0);
  pen.clearRect(0, 0, map.size[0], map.size[1]);
  pen.imageSmoothingEnabled = false;
  for (const { canvas, x, y, width, height, colour } of background.cells) {
    const [left, top] = toScreen(x, y);
    pen.drawImage(canvas, left, top, width * map.scale, height * map.scale);
    if (!colour) continue;
    pen.fillStyle = colour;
    pen.fillRect(left, top + height * map.scale - 3, width * map.scale, 3);
  }
}

function backgroundLater() {
  clearTimeout(background.timer);
  if (!map.showsManifold && !map.showsThumbnails) {
    if (background.cells.length) { background.cells = []; drawBack(); }
    mapBox.classList.remove("with-pictures");
    return;
  }
  background.timer = setTimeout(() => makeBackground(), 120);
}

const makeBackground = latestOnly(async () => {
  const key = [map.showsThumbnails, map.centre, map.scale, map.size, map.showsManifold, map.version].join();
  if (key === background.key) return;
  const cells = map.showsThumbnails ? await exampleCells() : own ? await ownCells() : await planeCells();
  background.key = key;
  background.cells = cells;
  mapBox.classList.toggle("with-pictures", cells.length > 0);
  drawBack();
});

// Places of a regular grid over the view, decoded.
async function planeCells() {
  const side = 44, columns = Math.ceil(map.size[0] / side), rows = Math.ceil(map.size[1] / side);
  const codes = [], cells = [];
  for (let row = 0; row < rows; ++row) {
    for (let column = 0; column < columns; ++column) {
      const [x, y] = toMap(column * side, row * side), middle = toMap((column + 0.5) * side, (row + 0.5) * side);
      codes.push(latentsAt(...middle));
      cells.push({ x, y, width: side / map.scale, height: side / map.scale });
    }
  }
  for (let at = 0; at < codes.length; at += 500) {
    const { pictures } = await api.decode(codes.slice(at, at + 500), toldNow());
    pictures.forEach((bytes, i) => { cells[at + i].canvas = pictureCanvas(bytes); });
  }
  return cells;
}

async function ownCells() {
  const { side, low, high, sprites } = own.grid;
  const sheet = await loadImage(sprites.url);
  const step = [(high[0] - low[0]) / (side - 1), (high[1] - low[1]) / (side - 1)];
  const canvas = document.createElement("canvas");
  canvas.width = sprites.width * side;
  canvas.height = sprites.height * side;
  const pen = canvas.getContext("2d");
  for (let i = 0; i < side * side; ++i) {
    pen.drawImage(sheet, (i % sprites.columns) * sprites.width, Math.floor(i / sprites.columns) * sprites.height, sprites.width, sprites.height,
      (i % side) * sprites.width, Math.floor(i / side) * sprites.height, sprites.width, sprites.height);
  }
  return [{ canvas, x: low[0] - step[0] / 2, y: high[1] + step[1] / 2, width: step[0] * side, height: step[1] * side }];
}

// Examples whose pictures do not touch, in their order.
async function exampleCells() {
  const side = 34, taken = new Set(), chosen = [];
  for (let i = 0; i < map.count && chosen.length < 900; ++i) {
    if (!map.visible[i]) continue;
    const [left, top] = toScreen(map.xy[2 * i], map.xy[2 * i + 1]);
    if (left < 0 || top < 0 || left > map.size[0] || top > map.size[1]) continue;
    const cell = Math.floor(left / side) * 10000 + Math.floor(top / side);
    if (taken.has(cell)) continue;
    taken.add(cell);
    chosen.push([i, (Math.floor(left / side)) * side, Math.floor(top / side) * side]);
  }
  const canvases = await thumbnails.get(chosen.map(([index]) => index));
  return chosen.map(([index, left, top], k) => {
    const [x, y] = toMap(left, top), size = (side - 2) / map.scale, pixel = map.colours[index];
    const colour = `rgb(${[pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255].join()})`;
    return { canvas: canvases[k], x, y, width: size, height: size, colour };
  });
}
