#pragma once
// GGUF files for tests, written after ggml's docs/gguf.md and llama.cpp's naming, without the code under
// test.

#include "core/tensor/tensor.h"
#include "tests/support/files.h"

#include <variant>
#include <vector>

namespace headlight::test {

class GgufWriter {
public:
    using Value = std::variant<std::int64_t, double, bool, std::string, std::vector<bool>>;
    void set(const std::string& key, Value value) { m_values.emplace_back(key, std::move(value)); }
    /// `type` is ggml's number; extents with the slowest first.
    void add(
        const std::string& name, int type, const std::vector<std::int64_t>& extents, const std::string& bytes)
    {
        m_places += text(name) + raw(std::uint32_t(extents.size()));
        for (auto extent = extents.rbegin(); extent != extents.rend(); ++extent)
            m_places += raw(std::uint64_t(*extent));
        m_places += raw(std::uint32_t(type)) + raw(std::uint64_t(m_data.size()));
        m_data += bytes;
        m_data.resize((m_data.size() + 31) / 32 * 32, '\0');
        ++m_tensors;
    }
    void addFloats(const std::string& name, const Tensor& values)
    {
        const auto extents = values.shape().extents();
        const std::span<const float> floats = values.floats();
        add(name, 0, { extents.begin(), extents.end() },
            std::string(reinterpret_cast<const char*>(floats.data()), floats.size_bytes()));
    }
    void write(const std::filesystem::path& path) const
    {
        std::string out = "GGUF" + raw(std::uint32_t(3)) + raw(std::uint64_t(m_tensors))
            + raw(std::uint64_t(m_values.size()));
        for (const auto& [key, value] : m_values)
            out += text(key) + std::visit([](const auto& v) { return stored(v); }, value);
        out += m_places;
        out.resize((out.size() + 31) / 32 * 32, '\0');
        writeBytes(path, out + m_data);
    }

private:
    template <typename T> static std::string raw(const T& value)
    {
        return std::string(reinterpret_cast<const char*>(&value), sizeof value);
    }
    static std::string text(const std::string& value) { return raw(std::uint64_t(value.size())) + value; }
    static std::string kind(std::uint32_t number) { return raw(number); }
    static std::string stored(std::int64_t v) { return kind(4) + raw(std::uint32_t(v)); }
    static std::string stored(double v) { return kind(6) + raw(float(v)); }
    static std::string stored(bool v) { return kind(7) + raw(std::uint8_t(v)); }
    static std::string stored(const std::string& v) { return kind(8) + text(v); }
    static std::string stored(const std::vector<bool>& v)
    {
        std::string out = kind(9) + raw(std::uint32_t(7)) + raw(std::uint64_t(v.size()));
        for (const bool flag : v)
            out += raw(std::uint8_t(flag));
        return out;
    }

    std::vector<std::pair<std::string, Value>> m_values;
    std::string m_places, m_data;
    std::size_t m_tensors = 0;
};

} // namespace headlight::test
