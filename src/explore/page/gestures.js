// What mouse, pen, fingers and keys do to the map.

function zoomMap(factor, left = map.size[0] / 2, top = map.size[1] / 2) {
  const before = toMap(left, top);
  map.scale = Math.min(Math.max(map.scale * factor, (map.fitScale || map.scale) / 20), (map.fitScale || map.scale) * 5000);
  const after = toMap(left, top);
  map.centre = [map.centre[0] + before[0] - after[0], map.centre[1] + before[1] - after[1]];
  drawMap();
}

function panMap(right, down) {
  map.centre = [map.centre[0] - right / map.scale, map.centre[1] + down / map.scale];
  drawMap();
}

// Mouse, pen and fingers.
const pointers = new Map();
let gesture = null;  // {moved, lasso, spread}
const localPlace = (event) => {
  const box = mapBox.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
};
let lassoMode = false;

mapBox.addEventListener("pointerdown", (event) => {
  if (event.button !== 0) return;
  mapBox.setPointerCapture(event.pointerId);
  pointers.set(event.pointerId, localPlace(event));
  if (pointers.size === 1) gesture = { moved: 0, lasso: lassoMode || event.shiftKey, spread: 0 };
  if (gesture && gesture.lasso) map.lasso = [toMap(...localPlace(event))];
  if (pointers.size === 2) gesture = { moved: 99, lasso: false, spread: spreadOf() };
});
function spreadOf() {
  const [a, b] = [...pointers.values()];
  return Math.hypot(a[0] - b[0], a[1] - b[1]) || 1;
}
mapBox.addEventListener("pointermove", (event) => {
  const here = localPlace(event);
  if (!pointers.has(event.pointerId) || !gesture) return hoverAt(here);
  const before = pointers.get(event.pointerId);
  pointers.set(event.pointerId, here);
  if (pointers.size === 2) {
    const [a, b] = [...pointers.values()], spread = spreadOf();
    zoomMap(spread / gesture.spread, (a[0] + b[0]) / 2, (a[1] + b[1]) / 2);
    gesture.spread = spread;
    return;
  }
  gesture.moved += Math.hypot(here[0] - before[0], here[1] - before[1]);
  if (gesture.lasso) {
    map.lasso.push(toMap(...here));
    drawOverSoon();
  } else if (gesture.moved > 4) {
    panMap(here[0] - before[0], here[1] - before[1]);
  }
});
function endPointer(event) {
  if (!pointers.delete(event.pointerId) || !gesture || pointers.size) return;
  const { moved, lasso } = gesture, here = localPlace(event);
  gesture = null;
  if (lasso && map.lasso.length > 2) return map.onLasso(map.lasso);
  if (lasso) map.lasso = [];
  if (moved <= 4 && event.type === "pointerup") chooseAt(here);
}
mapBox.addEventListener("pointerup", endPointer);
mapBox.addEventListener("pointercancel", endPointer);
mapBox.addEventListener("pointerleave", () => { if (!pointers.size) { map.marked = -1; map.onHover(-1, [0, 0]); drawOverSoon(); } });
mapBox.addEventListener("wheel", (event) => {
  event.preventDefault();
  zoomMap(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0015)), ...localPlace(event));
}, { passive: false });

function hoverAt(here) {
  if (!map.buckets) return;
  const point = nearestPoint(...here, 12);
  if (point === map.marked) return;
  map.marked = point;
  map.onHover(point, here);
  drawOverSoon();
}
function chooseAt(here) {
  if (!map.buckets) return;
  const point = nearestPoint(...here, 8);
  map.onChoose(point, toMap(...here));
}

const mapKeys = {
  ArrowLeft: () => panMap(40, 0), ArrowRight: () => panMap(-40, 0), ArrowUp: () => panMap(0, 40), ArrowDown: () => panMap(0, -40),
  "+": () => zoomMap(1.25), "=": () => zoomMap(1.25), "-": () => zoomMap(0.8), 0: fitMap,
  n: () => walk(1), p: () => walk(-1),
  Enter: () => (map.marked >= 0 ? map.onChoose(map.marked, null) : map.onChoose(-1, map.centre.slice())),
  Escape: () => { map.lasso = []; map.onLasso([]); },
};
function walk(step) {
  if (!map.count) return;
  let at = map.marked;
  for (let tries = 0; tries < map.count; ++tries) {
    at = (at + step + map.count) % map.count;
    if (map.visible[at]) break;
  }
  map.marked = at;
  map.onHover(at, toScreen(map.xy[2 * at], map.xy[2 * at + 1]));
  drawOverSoon();
}
mapBox.addEventListener("keydown", (event) => {
  const act = mapKeys[event.key];
  if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  act();
});
