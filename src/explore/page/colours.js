// Colours that people with any common kind of colour blindness can tell apart.

// Classes: the muted scheme of Paul Tol 2021, "Colour schemes", and black or white.
const classColours = ["#332288", "#88ccee", "#44aa99", "#117733", "#999933", "#ddcc77", "#cc6677", "#882255", "#aa4499", "#777777"];
const otherColour = "#b0b0b0";
// Numbers: viridis, van der Walt and Smith 2015, at eleven places.
const scaleStops = ["#440154", "#482475", "#414487", "#355f8d", "#2a788e", "#21918c", "#22a884", "#44bf70", "#7ad151", "#bddf26", "#fde725"];

const channelsOf = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

// A pixel of ImageData as a number, red in its lowest byte.
const pixelOf = ([red, green, blue]) => (0xff000000 | (blue << 16) | (green << 8) | red) >>> 0;

function scaleChannels(share) {
  const at = Math.min(Math.max(share, 0), 1) * (scaleStops.length - 1);
  const low = Math.min(Math.floor(at), scaleStops.length - 2);
  const a = channelsOf(scaleStops[low]), b = channelsOf(scaleStops[low + 1]);
  return a.map((value, i) => Math.round(value + (at - low) * (b[i] - value)));
}

// Dark classes get lost on a dark page, and among decoded pictures.
const darkPage = window.matchMedia("(prefers-color-scheme: dark)");
function readable(hex) {
  const channels = channelsOf(hex);
  if (!(darkPage.matches || map.showsManifold) || channels[0] * 0.3 + channels[1] * 0.6 + channels[2] * 0.1 > 90) return channels;
  return channels.map((value) => Math.round(value + (255 - value) * 0.4));
}
