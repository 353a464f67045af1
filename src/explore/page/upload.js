// A picture of one's own: encoded by the program, shown among the points, edited by the sliders.
const uploaded = { z: null, name: "" };

async function encodeFile(file) {
  if (file.size > 32 * 1024 * 1024) throw new Refused("the file is larger than 32 MB");
  byId("upload-status").textContent = "encoding...";
  try {
    const { z, size, pictures } = await api.encode(file);
    uploaded.z = z[0];
    uploaded.name = file.name;
    byId("upload-status").textContent = `${file.name}, ${size[0]}x${size[1]} pixels`;
    drawPicture(byId("seen"), pictures[0]);
    drawPicture(byId("remade"), pictures[1]);
    for (const id of ["seen-figure", "remade-figure", "edit-picture"]) byId(id).hidden = false;
    if (canDecodePlace()) map.own = placeOf(uploaded.z);
    drawOverSoon();
    await showNear();
  } catch (failure) {
    byId("upload-status").textContent = failure.message;
    throw failure;
  }
}

async function showNear() {
  const { indices } = await api.neighbours(uploaded.z, Math.min(12, info.count));
  const canvases = await thumbnails.get(indices);
  byId("near").replaceChildren(...indices.map((index, i) => {
    const button = document.createElement("button");
    button.type = "button";
    button.title = `${nameOf(index)}, one of the nearest`;
    button.append(copyOf(canvases[i]));
    button.addEventListener("click", () => attempt(() => { showPanel("decode"); return chooseExample(index); }));
    return button;
  }));
}

function openPicturePanel() {
  const drop = byId("drop"), take = (files) => { if (files.length) attempt(() => encodeFile(files[0])); };
  byId("file").addEventListener("change", (event) => { take(event.target.files); event.target.value = ""; });
  for (const place of [drop, mapBox]) {
    place.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("over"); });
    place.addEventListener("dragleave", () => drop.classList.remove("over"));
    place.addEventListener("drop", (event) => {
      event.preventDefault();
      drop.classList.remove("over");
      showPanel("picture");
      take(event.dataTransfer.files);
    });
  }
  byId("edit-picture").addEventListener("click", () => {
    byId("original-figure").hidden = true;
    showPanel("decode");
    setBase(uploaded.z, -1, uploaded.name);
  });
}
