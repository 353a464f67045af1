// Pictures as bytes, drawn on canvases. Rows of a table are drawn as curves.
let shape = [1, 1, 1];  // channels, height, width
let isTable = false;

const pictureLength = () => shape[0] * shape[1] * shape[2] * (isTable ? 4 : 1);

// The pictures of a frame, each a view of its bytes.
function pictureList(frame) {
  const length = pictureLength();
  const list = [];
  for (let at = 0; at + length <= frame.bytes.length; at += length) list.push(frame.bytes.slice(at, at + length));
  return { ...frame.head, pictures: list };
}

function imageDataOf(bytes) {
  const [channels, height, width] = shape;
  const image = new ImageData(width, height);
  for (let i = 0, from = 0, to = 0; i < width * height; ++i, to += 4) {
    image.data[to] = bytes[from];
    image.data[to + 1] = bytes[from + (channels === 3 ? 1 : 0)];
    image.data[to + 2] = bytes[from + (channels === 3 ? 2 : 0)];
    image.data[to + 3] = 255;
    from += channels;
  }
  return image;
}

function drawCurve(canvas, bytes) {
  const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  canvas.width = 200;
  canvas.height = 120;
  const pen = canvas.getContext("2d");
  const low = Math.min(0, ...values), high = Math.max(1e-9, ...values);
  const y = (value) => 112 - 104 * (value - low) / (high - low);
  pen.clearRect(0, 0, 200, 120);
  pen.strokeStyle = getComputedStyle(document.body).color;
  pen.beginPath();
  values.forEach((value, i) => {
    const x = values.length === 1 ? 100 : 6 + 188 * i / (values.length - 1);
    if (i === 0) pen.moveTo(x, y(value)); else pen.lineTo(x, y(value));
    if (values.length < 60) pen.rect(x - 1.5, y(value) - 1.5, 3, 3);
  });
  pen.stroke();
  canvas.title = Array.from(values.slice(0, 40), (value) => value.toPrecision(4)).join(", ");
}

function drawPicture(canvas, bytes) {
  if (isTable) return drawCurve(canvas, bytes);
  canvas.width = shape[2];
  canvas.height = shape[1];
  canvas.getContext("2d").putImageData(imageDataOf(bytes), 0, 0);
}

function pictureCanvas(bytes) {
  const canvas = document.createElement("canvas");
  drawPicture(canvas, bytes);
  return canvas;
}

// Small pictures of examples, fetched in groups and kept. In a page without a server they are cut
// out of one large picture.
const thumbnails = {
  kept: new Map(),
  sheet: null,
  most: 4000,

  async open() {
    if (!own || !own.sprites) return;
    this.sheet = await loadImage(own.sprites.url);
  },
  cut(index) {
    const { width, height, columns } = own.sprites;
    const canvas = document.createElement("canvas");
    canvas.width = width;
    canvas.height = height;
    canvas.getContext("2d").drawImage(this.sheet, (index % columns) * width, Math.floor(index / columns) * height,
      width, height, 0, 0, width, height);
    return canvas;
  },
  // Returns canvases for the indices, in their order.
  async get(indices) {
    if (own) return indices.map((index) => (this.sheet ? this.cut(index) : document.createElement("canvas")));
    const missing = indices.filter((index) => !this.kept.has(index));
    if (this.kept.size + missing.length > this.most) this.kept.clear();
    const wanted = indices.filter((index) => !this.kept.has(index));
    for (let at = 0; at < wanted.length; at += 500) {
      const part = wanted.slice(at, at + 500);
      const { pictures } = await api.examples(part, { reconstructions: false });
      part.forEach((index, i) => this.kept.set(index, pictureCanvas(pictures[i])));
    }
    return indices.map((index) => this.kept.get(index));
  },
};

function loadImage(url) {
  return new Promise((done, failed) => {
    const image = new Image();
    image.onload = () => done(image);
    image.onerror = () => failed(new Error("the pictures of this page cannot be read"));
    image.src = url;
  });
}

// A canvas belongs to one place: what is shown twice is copied.
function copyOf(canvas) {
  const copy = document.createElement("canvas");
  copy.width = canvas.width;
  copy.height = canvas.height;
  if (canvas.width) copy.getContext("2d").drawImage(canvas, 0, 0);
  return copy;
}

const canvasBlob = (canvas) => new Promise((done) => canvas.toBlob(done, "image/png"));
