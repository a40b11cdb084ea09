#pragma once
// Python's pickle, read as data: an inert tree of what it asks for. Nothing is ever looked up or called, so a
// pickle can do no more than be refused. Format: the Python library's pickletools; protocols 2 to 5, as
// torch.save uses them.

#include "core/base/expected.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace headlight {

struct PickleNode {
    enum class Kind {
        None,
        Bool,
        Integer,
        LongInteger, ///< beyond 64 bits; `text` is its little-endian bytes
        Real,
        Text, ///< str, and bytes
        Tuple,
        List,
        Dict, ///< `items` is key, value, key, value ...
        Global, ///< a function or class: `module` and `text`
        Call, ///< items[0] is the Global, items[1] the argument tuple; keys and values set on the result
              ///< follow
        Persistent, ///< items[0] is the id of something kept outside of the pickle
    };
    Kind kind = Kind::None;
    std::int64_t integer = 0; ///< Bool too
    double real = 0.0;
    std::string_view text, module; ///< views into the pickle's bytes
    std::vector<const PickleNode*> items;
};

struct Pickle {
    std::deque<PickleNode> nodes; ///< own the tree, which may share parts and even contain itself
    const PickleNode* root = nullptr;
    std::size_t size = 0; ///< bytes up to and with the pickle's end
};

/// Says whether a global may stand in the tree.
using PickleGlobals = std::function<bool(std::string_view module, std::string_view name)>;

/// Errors: BadFile for what is no whole pickle; Unsupported, naming it, for a global that is not among
/// `allowed` and for instructions that plain data never need. `where` begins the sentences.
Expected<Pickle> readPickle(
    std::span<const std::byte> bytes, const PickleGlobals& allowed, std::string_view where);

} // namespace headlight
