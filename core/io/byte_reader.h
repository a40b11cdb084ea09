#pragma once
// Walks over bytes that strangers wrote. A read beyond the end yields zero and is remembered, so that a
// format's code reads a whole record and asks once.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>

namespace headlight {

static_assert(std::endian::native == std::endian::little, "stored numbers are read as they lie");

class ByteReader {
public:
    explicit ByteReader(std::span<const std::byte> bytes, std::size_t position = 0)
        : m_bytes(bytes)
        , m_position(position)
        , m_failed(position > bytes.size())
    {
    }

    /// True once something was asked for that is not there.
    bool failed() const { return m_failed; }
    std::size_t position() const { return m_position; }
    std::size_t remaining() const { return m_failed ? 0 : m_bytes.size() - m_position; }

    /// The next little-endian number.
    template <typename T>
    requires std::is_arithmetic_v<T> T take()
    {
        T value{};
        if (const auto source = bytes(sizeof(T)); !source.empty())
            std::memcpy(&value, source.data(), sizeof(T));
        return value;
    }
    std::span<const std::byte> bytes(std::uint64_t count)
    {
        if (count > remaining()) {
            m_failed = true;
            return {};
        }
        m_position += std::size_t(count);
        return m_bytes.subspan(m_position - std::size_t(count), std::size_t(count));
    }
    std::string_view text(std::uint64_t count)
    {
        const auto source = bytes(count);
        return { reinterpret_cast<const char*>(source.data()), source.size() };
    }
    /// Up to the next line feed, which is left out.
    std::string_view line()
    {
        const std::string_view rest(reinterpret_cast<const char*>(m_bytes.data()) + m_position, remaining());
        const std::size_t end = rest.find('\n');
        m_failed = m_failed || end == std::string_view::npos;
        const std::string_view found = text(m_failed ? 0 : end);
        bytes(m_failed ? 0 : 1);
        return found;
    }

private:
    std::span<const std::byte> m_bytes;
    std::size_t m_position;
    bool m_failed;
};

} // namespace headlight
