#include "folder/endings.h"

#include <set>
#include <vector>

#include "core/text/split.h"
#include "image/formats.h"

namespace latent {
namespace {

struct Advice {
  std::set<std::string> endings;
  std::string remedy;
};

const std::set<std::string>& raw_endings() {
  static const std::set<std::string> endings{".dng", ".cr2", ".cr3", ".crw", ".nef", ".nrw", ".arw",
                                             ".srf", ".sr2", ".raf", ".orf", ".rw2", ".pef", ".srw",
                                             ".x3f", ".raw", ".rwl", ".3fr", ".iiq", ".dcr", ".erf",
                                             ".kdc", ".mef", ".mos", ".fff", ".gpr"};
  return endings;
}

const std::vector<Advice>& advice() {
  static const std::vector<Advice> table{
      {{".heic", ".heif", ".hif", ".heics"},
       "convert them with heif-convert FILE.heic FILE.jpg (package libheif-examples)"},
      {{".avif", ".avifs"}, "convert them with avifdec FILE.avif FILE.png (package libavif-bin)"},
      {{".jxl"}, "convert them with djxl FILE.jxl FILE.png (package libjxl-tools)"},
      {{".jp2", ".j2k", ".jpx", ".jpf", ".psd", ".psb", ".ico", ".cur", ".tga",  ".exr", ".hdr",
        ".pcx", ".xcf", ".dds", ".sgi", ".ras", ".pfm", ".xbm", ".xpm", ".fits", ".fit"},
       "convert them with magick FILE FILE.png (package imagemagick)"},
      {{".svg", ".svgz"}, "draw them with rsvg-convert FILE.svg -o FILE.png"},
      {raw_endings(), "develop them with darktable-cli FILE.dng FILE.jpg"},
      {{".mp4", ".mov", ".avi", ".mkv", ".webm", ".m4v", ".mpg", ".mpeg", ".wmv", ".flv", ".3gp",
        ".mts", ".m2ts", ".ogv"},
       "take pictures from them with ffmpeg -i FILE.mp4 -vf fps=1 FILE-%05d.png"},
      {{".zip", ".tar", ".gz", ".tgz", ".bz2", ".tbz2", ".xz", ".txz", ".zst", ".7z", ".rar"},
       "unpack them"},
      {{".dcm", ".dicom"}, "convert them with dcmj2pnm --write-png FILE.dcm FILE.png"},
      {{".nii", ".nii.gz", ".mha", ".nrrd", ".mat", ".h5", ".hdf5", ".pkl", ".pickle", ".parquet",
        ".tfrecord", ".lmdb"},
       "save their pictures as PNG files, or as one array with numpy.save"},
      {{".npy", ".npz"}, "read them by themselves with latent data check FILE"},
  };
  return table;
}

const std::set<std::string>& silent_endings() {
  static const std::set<std::string> endings{
      ".txt",  ".csv",    ".tsv",   ".json",   ".jsonl", ".ndjson", ".geojson",    ".xml",
      ".yaml", ".yml",    ".toml",  ".md",     ".rst",   ".html",   ".htm",        ".css",
      ".js",   ".log",    ".ini",   ".cfg",    ".conf",  ".py",     ".pyc",        ".ipynb",
      ".sh",   ".bat",    ".m",     ".r",      ".c",     ".cpp",    ".h",          ".java",
      ".lua",  ".db",     ".lnk",   ".url",    ".rtf",   ".doc",    ".docx",       ".xls",
      ".xlsx", ".odt",    ".ods",   ".pdf",    ".tex",   ".bib",    ".xmp",        ".aae",
      ".thm",  ".md5",    ".sha1",  ".sha256", ".sig",   ".asc",    ".names",      ".data",
      ".lst",  ".list",   ".idx",   ".pts",    ".eye",   ".bbox",   ".crdownload", ".part",
      ".tmp",  ".bak",    ".cache", ".lock",   ".pth",   ".pt",     ".ckpt",       ".safetensors",
      ".onnx", ".torrent"};
  return endings;
}

bool is_text_without_ending(const std::string& name) {
  static const std::set<std::string> names{"readme", "license",  "licence", "copying",  "authors",
                                           "notice", "makefile", "version", "changelog"};
  return names.contains(lower_case(name));
}

}  // namespace

std::string ending_of(const std::filesystem::path& path) {
  const std::string ending = lower_case(path.extension().string());
  const std::string inner = lower_case(path.stem().extension().string());
  return ending == ".gz" && inner == ".nii" ? inner + ending : ending;
}

std::string remedy_for(const std::filesystem::path& path) {
  const std::string ending = ending_of(path);
  if (silent_endings().contains(ending)) return "";
  for (const auto& row : advice()) {
    if (row.endings.contains(ending)) return row.remedy;
  }
  if (ending.empty() && is_text_without_ending(path.filename().string())) return "";
  return "not " + image_format_names() + "; convert them";
}

bool is_raw_ending(const std::filesystem::path& path) {
  return raw_endings().contains(ending_of(path));
}

bool is_data_file(const std::filesystem::path& path) {
  static const std::set<std::string> endings{".csv", ".tsv", ".npy", ".npz"};
  return endings.contains(ending_of(path));
}

bool is_system_folder(const std::string& name) {
  static const std::set<std::string> names{"__MACOSX", "@eaDir", "$RECYCLE.BIN",
                                           "System Volume Information"};
  return names.contains(name);
}

}  // namespace latent
