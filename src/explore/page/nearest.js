// Which points are near a place, or inside a polygon.

// Points in buckets, so that the nearest one is found at once.
function bucketPoints() {
  const side = 128, low = [Infinity, Infinity], high = [-Infinity, -Infinity];
  for (let i = 0; i < 2 * map.count; ++i) {
    const k = i & 1, value = map.xy[i];
    if (value < low[k]) low[k] = value;
    if (value > high[k]) high[k] = value;
  }
  const step = [0, 1].map((k) => (high[k] - low[k]) / side || 1);
  const cell = (k, value) => Math.min(side - 1, Math.max(0, Math.floor((value - low[k]) / step[k])));
  const starts = new Uint32Array(side * side + 1), order = new Uint32Array(map.count);
  const of = (i) => cell(1, map.xy[2 * i + 1]) * side + cell(0, map.xy[2 * i]);
  for (let i = 0; i < map.count; ++i) ++starts[of(i) + 1];
  for (let i = 0; i < side * side; ++i) starts[i + 1] += starts[i];
  const next = starts.slice();
  for (let i = 0; i < map.count; ++i) order[next[of(i)]++] = i;
  map.buckets = { side, cell, starts, order };
}

// The visible point nearest to a place of the screen, at most `reach` pixels away, or -1.
function nearestPoint(left, top, reach) {
  const { side, cell, starts, order } = map.buckets;
  const [x, y] = toMap(left, top), away = reach / map.scale;
  let best = -1, least = away * away;
  for (let row = cell(1, y - away); row <= cell(1, y + away); ++row) {
    for (let column = cell(0, x - away); column <= cell(0, x + away); ++column) {
      const bucket = row * side + column;
      for (let at = starts[bucket]; at < starts[bucket + 1]; ++at) {
        const i = order[at], dx = map.xy[2 * i] - x, dy = map.xy[2 * i + 1] - y, distance = dx * dx + dy * dy;
        if (distance < least && map.visible[i]) { least = distance; best = i; }
      }
    }
  }
  return best;
}

// The visible points inside a polygon.
function pointsInside(polygon) {
  const xs = polygon.map((p) => p[0]), ys = polygon.map((p) => p[1]), n = polygon.length;
  const box = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const found = [];
  for (let i = 0; i < map.count; ++i) {
    const x = map.xy[2 * i], y = map.xy[2 * i + 1];
    if (!map.visible[i] || x < box[0] || x > box[1] || y < box[2] || y > box[3]) continue;
    let inside = false;
    for (let a = 0, b = n - 1; a < n; b = a++) {
      if (ys[a] > y !== ys[b] > y && x < (xs[b] - xs[a]) * (y - ys[a]) / (ys[b] - ys[a]) + xs[a]) inside = !inside;
    }
    if (inside) found.push(i);
  }
  return found;
}
