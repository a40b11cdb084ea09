#pragma once
// Which tokens play the parts that models and views ask for by name.

#include <cstdint>
#include <optional>

namespace headlight {

struct SpecialTokenIds {
    std::optional<std::int64_t> cls, sep, pad, unk, mask, bos, eos;
};

} // namespace headlight
