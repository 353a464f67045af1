// An archive of files as they are, without compression. Source: PKWARE's APPNOTE 6.3.10.
const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
  let value = n;
  for (let bit = 0; bit < 8; ++bit) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

function crc32(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes) value = crcTable[(value ^ byte) & 255] ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

// Numbers as little-endian bytes: [[value, length], ...].
function littleEndian(fields) {
  const bytes = [];
  for (const [value, length] of fields) for (let i = 0; i < length; ++i) bytes.push((value >>> (8 * i)) & 255);
  return Uint8Array.from(bytes);
}

// files: [{name, bytes}], names in ASCII.
function zipOf(files) {
  const parts = [], directory = [];
  let offset = 0, directorySize = 0;
  for (const { name, bytes } of files) {
    const letters = new TextEncoder().encode(name);
    const common = [[20, 2], [0, 2], [0, 2], [0, 2], [0x21, 2], [crc32(bytes), 4], [bytes.length, 4], [bytes.length, 4], [letters.length, 2], [0, 2]];
    const local = littleEndian([[0x04034b50, 4], ...common]);
    const central = littleEndian([[0x02014b50, 4], [20, 2], ...common, [0, 2], [0, 2], [0, 2], [0, 4], [offset, 4]]);
    parts.push(local, letters, bytes);
    directory.push(central, letters);
    offset += local.length + letters.length + bytes.length;
    directorySize += central.length + letters.length;
  }
  const end = littleEndian([[0x06054b50, 4], [0, 2], [0, 2], [files.length, 2], [files.length, 2], [directorySize, 4], [offset, 4], [0, 2]]);
  return new Blob([...parts, ...directory, end], { type: "application/zip" });
}
