#pragma once
// The little of Protocol Buffers' wire format that reading a message takes, with every length checked.

#include <cstdint>
#include <optional>
#include <string_view>

namespace headlight {

struct ProtobufField {
    std::uint32_t number = 0;
    std::uint64_t value = 0; ///< of a varint or a fixed number
    std::string_view bytes; ///< of a text or a message

    /// The value as the 32-bit float it is the pattern of.
    float asFloat() const;
};

/// Walks the fields of one message. Groups, which nothing we read has, count as broken.
class ProtobufReader {
public:
    explicit ProtobufReader(std::string_view message)
        : m_rest(message)
    {
    }
    /// None at the end, and when the message is broken.
    std::optional<ProtobufField> next();
    bool broken() const { return m_broken; }

private:
    std::optional<std::uint64_t> varint();
    std::optional<std::string_view> take(std::uint64_t length);
    std::optional<ProtobufField> fail();

    std::string_view m_rest;
    bool m_broken = false;
};

} // namespace headlight
