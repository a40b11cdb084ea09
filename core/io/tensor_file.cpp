#include "core/io/tensor_file.h"

#include "core/io/json.h"
#include "core/io/safetensors.h"

#include <zip.h>

namespace headlight {
namespace {

/// NumPy's name of a type, little endian.
std::string numpyType(DType type)
{
    switch (type) {
    case DType::F32:
        return "<f4";
    case DType::F16:
        return "<f2";
    case DType::F64:
        return "<f8";
    case DType::I64:
        return "<i8";
    case DType::I32:
        return "<i4";
    case DType::I16:
        return "<i2";
    case DType::I8:
        return "|i1";
    case DType::U8:
        return "|u1";
    case DType::Bool:
        return "|b1";
    default: // NumPy has no bfloat16 and no quantised types
        return {};
    }
}

/// One .npy member, format version 1.0: the header is padded so that the data begins at a multiple of 64.
std::string npy(const Tensor& tensor)
{
    const Tensor stored = numpyType(tensor.dtype()).empty() ? tensor.toFloat() : tensor;
    const auto extents = stored.shape().extents();
    const std::string shape = extents.size() == 1 ? fmt::format("({},)", extents[0]) : fmt::format("({})", fmt::join(extents, ", "));
    std::string header = fmt::format(
        "{{'descr': '{}', 'fortran_order': False, 'shape': {}, }}", numpyType(stored.dtype()), shape);
    constexpr std::size_t fixed = 10; // magic, version, header length
    header.append(63 - (fixed + header.size()) % 64, ' ');
    header += '\n';
    std::string member("\x93NUMPY\x01\x00", 8);
    member += char(header.size() & 0xff);
    member += char(header.size() >> 8);
    member += header;
    member.append(reinterpret_cast<const char*>(stored.data()), stored.bytes());
    return member;
}

/// A zip archive being written; what libzip refuses is kept as a sentence.
class Archive {
public:
    explicit Archive(const std::filesystem::path& path)
    {
        int code = 0;
        m_zip = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code);
    }
    ~Archive()
    {
        if (m_zip != nullptr)
            zip_discard(m_zip);
    }
    Archive(const Archive&) = delete;
    Archive& operator=(const Archive&) = delete;

    bool add(const std::string& name, const std::string& content)
    {
        if (m_zip == nullptr)
            return false;
        zip_source_t* source = zip_source_buffer(m_zip, content.data(), content.size(), 0);
        const zip_int64_t index = source ? zip_file_add(m_zip, name.c_str(), source, ZIP_FL_ENC_UTF_8) : -1;
        if (index < 0) {
            zip_source_free(source);
            return false;
        }
        // Without compression as NumPy does, and at a fixed date, so that equal tensors give equal files.
        const auto place = zip_uint64_t(index);
        return zip_set_file_compression(m_zip, place, ZIP_CM_STORE, 0) == 0
            && zip_file_set_dostime(m_zip, place, 0, 0x21, 0) == 0;
    }
    bool close()
    {
        if (m_zip == nullptr || zip_close(m_zip) != 0)
            return false;
        m_zip = nullptr;
        return true;
    }
    /// The system's reason, after a failure.
    std::string reason() const
    {
        return m_zip != nullptr ? zip_error_strerror(zip_get_error(m_zip)) : "the archive could not be begun";
    }

private:
    zip_t* m_zip = nullptr;
};

Status writeNpz(const std::filesystem::path& path, const std::map<std::string, Tensor>& tensors)
{
    PendingFile pending(path);
    std::vector<std::string> members; // libzip reads them when it closes
    members.reserve(tensors.size());
    Archive archive(pending.temporaryPath());
    bool ok = true;
    for (const auto& [name, tensor] : tensors)
        ok = ok && archive.add(name + ".npy", members.emplace_back(npy(tensor)));
    if (!ok || !archive.close())
        return Error { ErrorKind::Unwritable,
            fmt::format("{} cannot be written: {}. Choose another folder or name.", path.string(), archive.reason()) };
    return pending.commit();
}

Json nested(std::span<const float> values, std::span<const std::int64_t> extents)
{
    if (extents.empty())
        return values.front();
    Json array = Json::array();
    const std::size_t step = extents[0] == 0 ? 0 : values.size() / std::size_t(extents[0]);
    for (std::int64_t i = 0; i < extents[0]; ++i)
        array.push_back(nested(values.subspan(std::size_t(i) * step, step), extents.subspan(1)));
    return array;
}

Status writeJsonTensors(const std::filesystem::path& path, const std::map<std::string, Tensor>& tensors,
    const std::map<std::string, std::string>& metadata)
{
    Json document = { { "metadata", metadata }, { "tensors", Json::object() } };
    for (const auto& [name, tensor] : tensors) {
        const Tensor values = tensor.toFloat();
        document["tensors"][name] = nested(values.floats(), values.shape().extents());
    }
    return writeFile(path, document.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n');
}

} // namespace

Status checkTensorPath(const std::filesystem::path& path)
{
    const std::string ending = path.extension().string();
    if (ending == ".safetensors" || ending == ".npz" || ending == ".json")
        return {};
    return Error { ErrorKind::BadInput,
        fmt::format("{} should end in .safetensors, .npz or .json; its ending says the format.", path.string()) };
}

Status writeTensors(const std::filesystem::path& path, const std::map<std::string, Tensor>& tensors,
    const std::map<std::string, std::string>& metadata)
{
    HEADLIGHT_TRY_STATUS(checkTensorPath(path));
    const std::string ending = path.extension().string();
    if (ending == ".safetensors")
        return writeSafetensors(path, tensors, metadata);
    if (ending == ".npz")
        return writeNpz(path, tensors);
    return writeJsonTensors(path, tensors, metadata);
}

} // namespace headlight
