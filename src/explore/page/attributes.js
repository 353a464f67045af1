// Sliders that move along an attribute, such as a smile.
const attributes = { found: new Map(), held: new Set() };
const HARDLY_BETTER_THAN_CHANCE = 0.6; // of an AUROC

async function openAttributes() {
  if (!info.attributes.length) {
    byId("attributes-box").hidden = true;
    return;
  }
  const all = await api.attributes();
  const named = (text) => (/^(the|half) /.test(text) ? text : `the ${text}`);
  byId("attributes-note").textContent = all.directions.length
    ? `Move a slider to add or remove what it names; tick what must stay as it is. The number says how well the direction, found on ${named(all.found_on)}, tells ${named(all.measured_on)} apart: 1 always, 0.5 by chance (AUROC).`
    : "no attribute has a direction here";
  const box = byId("attribute-sliders");
  const clearest = [...all.directions].sort((a, b) => (b.auroc ?? 0) - (a.auroc ?? 0));
  for (const { attribute, auroc, step } of clearest) {
    decoding.steps.set(attribute, step);
    const slider = makeSlider({
      name: attribute, title: attribute, low: -5, high: 5, value: 0, side: auroc === null ? "?" : auroc.toFixed(2),
      change: (value) => { decoding.strengths.set(attribute, value); showDecoded(); },
    });
    const hold = document.createElement("input");
    hold.type = "checkbox";
    hold.title = `keep ${attribute} while the others move`;
    hold.setAttribute("aria-label", hold.title);
    hold.addEventListener("change", () => {
      if (hold.checked) attributes.held.add(attribute); else attributes.held.delete(attribute);
      straighten();
    });
    slider.row.append(hold);
    if (auroc !== null && auroc < HARDLY_BETTER_THAN_CHANCE) {
      slider.row.classList.add("weak");
      slider.row.title = "hardly better than chance: the latents barely know it";
    }
    slider.row.dataset.attribute = attribute;
    box.append(slider.row);
    attributes.found.set(attribute, { plain: step, hold, ...slider });
  }
  byId("attribute-filter").hidden = all.directions.length < 8;
  byId("attribute-filter").addEventListener("input", (event) => {
    const typed = event.target.value.trim().toLowerCase();
    const stem = typed.length > 4 ? typed.replace(/(e|es|ed|ing|s)$/, "") : typed; // "smile" finds Smiling
    let any = false;
    for (const [name, { row }] of attributes.found) {
      row.hidden = !name.toLowerCase().replaceAll("_", " ").includes(stem.replaceAll("_", " "));
      any = any || !row.hidden;
    }
    byId("no-attribute").hidden = any;
    byId("no-attribute").textContent = `no attribute is called "${typed}"`;
  });
}

// Directions that leave the ticked attributes as they are.
const straighten = latestOnly(async () => {
  const held = [...attributes.held];
  for (const [name, { plain, input }] of attributes.found) {
    const others = held.filter((other) => other !== name);
    if (!others.length) {
      decoding.steps.set(name, plain);
    } else if (!attributes.held.has(name) && (Number(input.value) !== 0 || attributes.found.size <= 60)) {
      try {
        decoding.steps.set(name, (await api.direction(name, others)).step);
      } catch (failure) {
        if (!(failure instanceof Refused)) throw failure;
        decoding.steps.set(name, plain.map(() => 0));  // nothing of it is left
      }
    }
  }
  showDecoded();
});

function resetAttributes() {
  decoding.strengths.clear();
  attributes.held.clear();
  for (const [name, { input, output, hold, plain }] of attributes.found) {
    input.value = 0;
    output.textContent = "0.00";
    hold.checked = false;
    decoding.steps.set(name, plain);
  }
}
