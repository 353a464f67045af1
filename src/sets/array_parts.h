// Opens the arrays that the keys of the sets npy and npz name.
#pragma once

#include <string>

#include "sets/array_names.h"
#include "sets/array_set.h"

namespace latent {

/// Returns the arrays of an NPZ file as their headers describe them; one that cannot be read has no
/// shape. Throws Error as NpzArchive does.
std::vector<ArrayHeader> headers_of(const std::string& file);

/// Opens the arrays called `names`. file: the archive that holds them, or "" if they are files.
///
/// A name is an array of the archive, an NPY file, an NPZ file of one array (or of one whose name
/// fits), or FILE.npz:ARRAY. Of an archive, names that are kByName are found by names_by_convention
/// if the images are, else they are "", and images that are "" are the first array of 3 or 4
/// dimensions. Throws Error naming the arrays there are and the keys if the images are not found,
/// or more than one array could be them.
ArrayParts open_arrays(const std::string& file, ArrayNames names);

}  // namespace latent
