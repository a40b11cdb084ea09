#include "core/text/sentencepiece/protobuf.h"

#include <bit>

namespace headlight {

float ProtobufField::asFloat() const
{
    return std::bit_cast<float>(std::uint32_t(value));
}

std::optional<ProtobufField> ProtobufReader::next()
{
    if (m_broken || m_rest.empty())
        return std::nullopt;
    const auto tag = varint();
    if (!tag || *tag >> 3 == 0 || *tag >> 35 != 0)
        return fail();
    ProtobufField field;
    field.number = std::uint32_t(*tag >> 3);
    switch (*tag & 7) {
    case 0: {
        const auto value = varint();
        if (!value)
            return fail();
        field.value = *value;
        return field;
    }
    case 1:
    case 5: {
        const auto bytes = take((*tag & 7) == 1 ? 8 : 4);
        if (!bytes)
            return fail();
        std::memcpy(&field.value, bytes->data(), bytes->size()); // the wire is little-endian, as we are
        return field;
    }
    case 2: {
        const auto length = varint();
        const auto bytes = length ? take(*length) : std::nullopt;
        if (!bytes)
            return fail();
        field.bytes = *bytes;
        return field;
    }
    default:
        return fail();
    }
}

std::optional<std::uint64_t> ProtobufReader::varint()
{
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64 && !m_rest.empty(); shift += 7) {
        const auto byte = std::uint8_t(m_rest.front());
        m_rest.remove_prefix(1);
        value |= std::uint64_t(byte & 0x7f) << shift;
        if (byte < 0x80)
            return value;
    }
    return std::nullopt;
}

std::optional<std::string_view> ProtobufReader::take(std::uint64_t length)
{
    if (length > m_rest.size())
        return std::nullopt;
    const std::string_view bytes = m_rest.substr(0, std::size_t(length));
    m_rest.remove_prefix(std::size_t(length));
    return bytes;
}

std::optional<ProtobufField> ProtobufReader::fail()
{
    m_broken = true;
    return std::nullopt;
}

} // namespace headlight
