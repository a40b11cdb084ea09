#pragma once
// NumPy's .npy and .npz: arrays that another program saved. Format: numpy.lib.format, versions 1.0 to 3.0.

#include "core/base/expected.h"
#include "core/tensor/tensor.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace headlight {

struct NumpyArrays {
    std::map<std::string, Tensor> tensors; ///< stored arrays are views into the mapping
    std::map<std::string, std::vector<std::string>> texts; ///< arrays of strings, as UTF-8
};

/// By the file's first bytes: an archive, or one array (then under the name "array"). Arrays in Fortran's
/// order, of objects or of structures are left out. Errors: NotFound; BadFile for what is cut, malformed or
/// promises more than there is; Unsupported for a file without a readable array.
Expected<NumpyArrays> readNumpyFile(const std::filesystem::path& path);

} // namespace headlight
