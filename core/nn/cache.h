#pragma once
// What a decoder has read: keys and values of every layer, so that a step of writing only runs the new tokens.

#include "core/tensor/tensor.h"
#include "core/trace/layer_attention.h"

#include <map>

namespace headlight {

/// Several sequences (beams) may be written side by side; they have one length.
class KeyValueCache {
public:
    /// Tokens read so far by each sequence.
    std::int64_t length() const { return m_length; }
    /// After a pass: `count` more have been read.
    void advance(std::int64_t count) { m_length += count; }

    struct Rows {
        Tensor keys, values; ///< [Σ S, ...] packed, sequence by sequence
        std::vector<std::int64_t> begins;
    };
    /// Appends new rows (as packed by `begins`) at a site and returns all of them.
    Rows append(AttentionSite site, const Tensor& keys, const Tensor& values, std::span<const std::int64_t> begins);
    /// Keys and values that never grow (cross attention): made once by `make`, then kept.
    const Rows& fixed(AttentionSite site, const std::function<Rows()>& make);

    /// Positions of what is written, against the number of tokens read: pictures may take fewer (Qwen-VL).
    std::int64_t positionShift = 0;

    /// Forgets all keys and values, so that the same tokens can be read anew; `read` stays.
    void forget();
    /// The tokens of each sequence, kept by models that may have to read them anew.
    std::vector<std::vector<std::int64_t>> read;

    /// Goes on with these sequences, each a copy of one there was (beam search).
    void select(std::span<const std::size_t> sequences);

    /// What the encoder made, so that it runs once. Empty before the first pass.
    Tensor encoderStates;
    std::vector<std::int64_t> encoderBegins;
    std::vector<std::vector<std::uint8_t>> encoderMasks;

private:
    struct Grown {
        std::vector<float> keys, values;
    };
    std::int64_t m_length = 0;
    std::map<AttentionSite, std::vector<Grown>> m_grown;
    std::map<AttentionSite, Rows> m_fixed;
};

} // namespace headlight
