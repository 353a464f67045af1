#include "format/npz.h"

#include <spdlog/fmt/fmt.h>
#include <zip.h>

#include <algorithm>

#include "core/error.h"
#include "core/system/file.h"
#include "core/text/suggest.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSuffix = ".npy";
constexpr uint64_t kZipRatio = 1032;  // the best ratio of deflate

// An entry that is being read; keeps its archive open.
class EntryStream : public ByteStream {
 public:
  EntryStream(std::shared_ptr<zip> archive, zip_file_t* entry, int64_t size, std::string name)
      : archive_(std::move(archive)), entry_(entry), size_(size), name_(std::move(name)) {}
  ~EntryStream() override { zip_fclose(entry_); }
  EntryStream(const EntryStream&) = delete;
  EntryStream& operator=(const EntryStream&) = delete;

  int64_t read(void* to, int64_t bytes) override {
    int64_t done = 0;
    while (done < bytes) {
      const auto wanted = static_cast<zip_uint64_t>(bytes - done);
      const zip_int64_t got = zip_fread(entry_, static_cast<char*>(to) + done, wanted);
      if (got < 0) fail();
      if (got == 0) break;
      done += got;
    }
    read_ += done;
    if (read_ == size_ && done > 0) check_end();
    return done;
  }
  int64_t size() const override { return size_; }
  const std::string& name() const override { return name_; }

 private:
  // The checksum is compared only by a read beyond the last byte.
  void check_end() {
    char extra = 0;
    if (zip_fread(entry_, &extra, 1) != 0) fail();
  }
  [[noreturn]] void fail() const {
    zip_error_t* error = zip_file_get_error(entry_);
    const bool is_known = zip_error_code_zip(error) != ZIP_ER_OK;
    throw Error(fmt::format("{}: damaged ({}); save or fetch it again", name_,
                            is_known ? zip_error_strerror(error) : "longer than it says"));
  }

  std::shared_ptr<zip> archive_;
  zip_file_t* entry_;
  int64_t size_;
  int64_t read_ = 0;
  std::string name_;
};

std::shared_ptr<zip> open_archive(const fs::path& path) {
  std::error_code ignored;
  if (!fs::exists(path, ignored)) throw Error(path.string() + ": no such file");
  int code = 0;
  zip_t* archive = zip_open(path.c_str(), ZIP_RDONLY, &code);
  if (archive == nullptr) {
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    const std::string reason = zip_error_strerror(&error);
    zip_error_fini(&error);
    if (first_bytes(path, 4) == "PK\3\4") {
      throw Error(
          path.string() +
          ": damaged or cut short: the list of its arrays, at its end, cannot be read; copy "
          "or save it again");
    }
    throw Error(path.string() + ": not an NPZ archive (" + reason +
                "); expected what numpy.savez writes");
  }
  return {archive, zip_discard};
}

}  // namespace

NpzArchive::NpzArchive(const fs::path& path) : name_(path.string()), archive_(open_archive(path)) {
  const zip_int64_t entries = zip_get_num_entries(archive_.get(), 0);
  for (zip_int64_t i = 0; i < entries; ++i) {
    const char* entry = zip_get_name(archive_.get(), static_cast<zip_uint64_t>(i), 0);
    const std::string name = entry == nullptr ? "" : entry;
    if (!name.ends_with(kSuffix)) continue;
    arrays_.push_back(name.substr(0, name.size() - std::string_view(kSuffix).size()));
  }
  if (arrays_.empty()) throw Error(name_ + ": holds no array; expected what numpy.savez writes");
  auto sorted = arrays_;
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice != sorted.end()) throw Error(name_ + ": holds the array " + *twice + " twice");
}

std::unique_ptr<ByteStream> NpzArchive::open(const std::string& array) const {
  if (std::find(arrays_.begin(), arrays_.end(), array) == arrays_.end()) {
    throw Error(name_ + ": no array \"" + array + "\"; " + did_you_mean(array, arrays_));
  }
  const std::string name = name_ + ": " + array, entry = array + kSuffix;
  zip_stat_t about;
  zip_stat_init(&about);
  zip_stat(archive_.get(), entry.c_str(), 0, &about);
  constexpr zip_uint64_t kWanted = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD;
  if ((about.valid & kWanted) != kWanted) throw Error(name + ": damaged; save or fetch it again");
  if (about.comp_method != ZIP_CM_STORE && about.comp_method != ZIP_CM_DEFLATE) {
    throw Error(fmt::format("{}: packed by method {}; expected stored or deflated, as NumPy writes",
                            name, about.comp_method));
  }
  const uint64_t ratio = about.comp_method == ZIP_CM_STORE ? 1 : kZipRatio;
  if (about.size / ratio > about.comp_size) {
    throw Error(
        fmt::format("{}: claims {} bytes, more than its {} can hold; save or fetch it again", name,
                    about.size, about.comp_size));
  }
  zip_file_t* opened = zip_fopen(archive_.get(), entry.c_str(), 0);
  if (opened == nullptr) {
    throw Error(name + ": cannot be read: " + zip_error_strerror(zip_get_error(archive_.get())));
  }
  return std::make_unique<EntryStream>(archive_, opened, static_cast<int64_t>(about.size), name);
}

}  // namespace latent
